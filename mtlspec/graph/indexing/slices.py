"""Slices, `f[2..]`, `f[..t - 1]`: the members from one end to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing.membership import NotAnIndex, few
from mtlspec.graph.naming.names import UnknownName
from mtlspec.graph.node import Label as Name
from mtlspec.graph.values import FAILED, Bare, Element, Failed, IndexSet, describe
from mtlspec.source import Span
from mtlspec.syntax import tree


class SliceBeyond(Error):
    """A slice begins and ends at members that there are.

    What it means: an end of the slice is a number that no member has. One past the last may begin
    a slice, and one before the first end it: then nothing is left, which is no mistake.

    Example:
        layer h[3] = features -> mlp(8)
        let x = concat(h[2..9])

    Instead:
        let x = concat(h[2..])

    Why: members that are counted on would be left out without a word. A neighbour, `h[..t - 1]`,
    may lie outside.
    """

    id = "MTL0254"
    title = "a slice begins and ends at members that there are"
    side: Literal["begins", "ends"]
    number: int
    span: Span
    members: tuple[str, ...]
    rest: str = ""
    """What is left of the slice without its upper end."""

    def headline(self) -> str:
        return f"a slice {self.side} at `{self.number}`, where there is no member"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"there are {len(self.members)}: {few(self.members)}", True)]

    def help(self) -> str:
        if self.number < 1:
            return "numbers count from 1"
        return f"`[{self.rest}]` goes on to the last one" if self.rest else ""


class RangeBackwards(Error):
    """A range runs from its lower end to its upper one.

    What it means: the number before the `..` is larger than the one behind it, by more than one.

    Example:
        set step = 3..1

    Instead:
        set step = 1..3

    Why: it would hold nothing. `1..n` may, where `n` is 0: that is an empty set.
    """

    id = "MTL0255"
    title = "a range runs from its lower end to its upper one"
    first: int
    last: int
    span: Span

    def headline(self) -> str:
        return f"`{self.first}..{self.last}` holds nothing"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"{self.first} is above {self.last}", primary=True)]

    def help(self) -> str:
        return f"write `{self.last}..{self.first}`"


def refuse_backwards(b: Builder, first: int, last: int, span: Span) -> bool:
    """Reports a range that is written the wrong way round."""
    if first > last + 1:
        b.report.add(RangeBackwards(first, last, span))
    return first > last + 1


@dataclass(frozen=True, slots=True)
class End:
    """An end of a slice: its rank, in a set if it is a member's; `reckoned` from another."""

    rank: int
    home: IndexSet | None = None
    reckoned: bool = False


def sliced(
    b: Builder,
    item: tree.Range,
    labels: Sequence[Name],
    where: Where,
    *,
    whole: Sequence[Name],
    by_place: bool = False,
) -> frozenset[Name] | Failed:
    """The labels from one end to the other, in the order of the ends' set.

    `whole` are the labels that the family has in this place, of which `labels` are a part.
    """
    first = _end(b, item.start, labels, where) if item.start else None
    last = _end(b, item.stop, labels, where) if item.stop else None
    if isinstance(first, Failed) or isinstance(last, Failed):
        return FAILED
    home = (last.home if last else None) or (first.home if first else None)
    places = _ranks(whole, home, by_place=by_place)
    if _lies_beyond(b, item, first, last, places):
        return FAILED
    ranks = _ranks(labels, home, by_place=by_place)
    low, high = first.rank if first else -inf, last.rank if last else inf
    return frozenset(x for x in labels if x in ranks and low <= ranks[x] <= high)


def _end(b: Builder, end: tree.Expr, labels: Sequence[Name], where: Where) -> End | Failed:
    """An end of a slice; it may lie outside."""
    reckoned = isinstance(end, tree.Binary) and end.op in ("+", "-")
    if isinstance(end, tree.Binary) and reckoned:
        left = express.value(b, end.left, where)
        by = express.value(b, end.right, where)
        if isinstance(left, Element) and isinstance(by, int):
            return End(left.place + (by if end.op == "+" else -by), left.home, reckoned)
    value = express.value(b, end, where)
    if isinstance(value, Element):
        return End(value.place, value.home, reckoned=True)
    if isinstance(value, Bare | str):
        name = value if isinstance(value, str) else value.name
        if name in labels:
            return End(labels.index(name) + 1, IndexSet("", tuple(labels)), reckoned=True)
        known = tuple(str(label) for label in labels)
        b.report.add(UnknownName(name, end.span, "a member here", known))
        return FAILED
    if isinstance(value, int) and not isinstance(value, bool):
        return End(value, reckoned=reckoned)
    if not isinstance(value, Failed):
        b.report.add(NotAnIndex(describe(value), end.span))
    return FAILED


def _lies_beyond(
    b: Builder, item: tree.Range, first: End | None, last: End | None, places: Mapping[Name, int]
) -> bool:
    """Reports numbers that are no member's place; of a family without members all are fine."""
    if not places:
        return False
    least, most = min(places.values()), max(places.values())
    members, wrong = tuple(map(str, places)), list[Error]()
    if first and item.start and not first.reckoned and not least <= first.rank <= most + 1:
        wrong.append(SliceBeyond("begins", first.rank, item.start.span, members))
    if last and item.stop and not last.reckoned and not least - 1 <= last.rank <= most:
        rest = f"{item.start.span.text}.." if item.start and not wrong else ""
        wrong.append(SliceBeyond("ends", last.rank, item.stop.span, members, rest))
    for error in wrong:
        b.report.add(error)
    if wrong or not first or not last or first.reckoned or last.reckoned:
        return bool(wrong)
    return refuse_backwards(b, first.rank, last.rank, item.span)


def _ranks(labels: Sequence[Name], home: IndexSet | None, *, by_place: bool) -> dict[Name, int]:
    """Where labels stand in a set; without one, numbers stand for themselves."""
    if home is not None:
        return {label: place for place, label in enumerate(home.labels, start=1)}
    if not by_place and all(isinstance(label, int) for label in labels):
        return {label: label for label in labels if isinstance(label, int)}
    return {label: place for place, label in enumerate(labels, start=1)}
