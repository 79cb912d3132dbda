"""Indices: on the left they declare members, on the right they pick one or keep some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph import express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.names import NotBuilt, UnknownName
from mtlspec.graph.node import Index, show_index
from mtlspec.graph.node import Label as Name
from mtlspec.graph.scope import Bound, Sets, Symbol, TaskName
from mtlspec.graph.values import (
    FAILED,
    Bare,
    Element,
    Failed,
    IndexSet,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree

MOST_MEMBERS = 100_000
"""A statement with more members than this is a slip of the pen, not a model."""


@dataclass(frozen=True)
class NoSuchMember(Error):
    """An index must name a member that exists.

    What it means: the family has members, but none with this index.

    Example:
        expert e[4] = features -> mlp(8)
        layer x = e[5] -> mlp(8)          # there are e[1] … e[4]

    Instead:
        layer x = e[4] -> mlp(8)

    Why: numbers count from 1, as the members of an array are counted in the papers.
    """

    id = "MTL0211"
    title = "an index must name a member that exists"
    name: str
    index: str
    span: Span
    members: tuple[str, ...]
    declared: Span | None = None

    def headline(self) -> str:
        return f"`{self.name}{self.index}` does not exist"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, f"`{self.name}` has {_few(self.members)}"))
        return marks

    def expected(self) -> str:
        return "" if self.declared is not None else _few(self.members)


def _few(members: Sequence[str]) -> str:
    if not members:
        return "no members"
    if len(members) > 6:
        return f"{members[0]}, {members[1]}, … {members[-1]}"
    return ", ".join(members)


@dataclass(frozen=True)
class TooManyIndices(Error):
    """A value has as many indices as it was declared with, or fewer.

    What it means: fewer indices keep a part of the family; more have nothing to pick from.

    Example:
        expert e[4] = features -> mlp(8)
        layer x = e[1, 2] -> mlp(8)

    Instead:
        layer x = e[1] -> mlp(8)

    Why: an index stands for one place in the brackets of the declaration.
    """

    id = "MTL0213"
    title = "a value takes no more indices than it was declared with"
    name: str
    given: int
    arity: int
    span: Span
    declared: Span

    def headline(self) -> str:
        many = "no indices" if self.arity == 0 else f"{self.arity} at most"
        return f"`{self.name}` takes {many}, not {self.given}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True), Label(self.declared, "declared here")]


@dataclass(frozen=True)
class NotAnIndex(Error):
    """An index is a set, an element of one, or a number.

    What it means: what stands in the brackets is none of these.

    Example:
        layer x[0.5] = features -> mlp(8)

    Instead:
        layer x[task] = features -> mlp(8)    # a member for each task
        layer x[4]    = features -> mlp(8)    # members 1 to 4

    Why: a family is a map from index tuples to values.
    """

    id = "MTL0217"
    title = "an index is a set, an element of one, or a number"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]


@dataclass(frozen=True)
class TooMany(Error):
    """A set or a family may not have more than 100,000 members.

    What it means: the statement would be unrolled into more members than any model has.

    Example:
        expert e[1_000_000_000] = features -> mlp(8)

    Instead: fewer members.

    Why: every member is checked and named; a number this large is a slip of the pen.
    """

    id = "MTL0218"
    title = "a set or family may not have more than 100,000 members"
    count: int
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"{self.count:,} members", primary=True)]


@dataclass(frozen=True, slots=True)
class Place:
    """One member that a left side declares: its index, and the names that it binds."""

    index: Index
    names: Mapping[str, Symbol]


def declare(
    b: Builder, index: Sequence[tree.Index] | None, where: Where
) -> list[Place] | Failed:
    """The members that `name[index]` on the left declares, in order."""
    places = [Place((), {})]
    for item in index or ():
        grown: list[Place] = []
        for place in places:
            choices = _declared(b, item, where.seeing(where.scope.inside(place.names)))
            if isinstance(choices, Failed):
                return FAILED
            grown.extend(
                Place((*place.index, label), {**place.names, **names}) for label, names in choices
            )
            if len(grown) > MOST_MEMBERS:
                b.report.add(TooMany(len(grown), item.span))
                return FAILED
        places = grown
    return places


def _declared(
    b: Builder, item: tree.Index, where: Where
) -> list[tuple[Name, dict[str, Symbol]]] | Failed:
    if isinstance(item, tree.Bind):
        return _bind(b, item, where)
    if isinstance(item, tree.Every | tree.Others | tree.Range):
        b.report.add(NotAnIndex("a choice among members that exist", item.span))
        return FAILED
    match value := express.value(b, item, where):
        case IndexSet():
            name = item.name if isinstance(item, tree.Name) else None
            return [(e.label, {name: Bound(name, e)} if name else {}) for e in value.elements()]
        case Element():
            return [(value.label, {})]
        case bool() | Bare():
            return _refuse(b, item, where, value)
        case int():
            if value > MOST_MEMBERS:
                b.report.add(TooMany(value, item.span))
                return FAILED
            return [(number, {}) for number in range(1, value + 1)]
        case Failed():
            return FAILED
        case _:
            return _refuse(b, item, where, value)


def _refuse(b: Builder, item: tree.Index, where: Where, value: Value) -> Failed:
    if isinstance(value, Bare):
        b.report.add(_unknown_index(value.name, item.span, where))
    else:
        b.report.add(NotAnIndex(describe(value), item.span))
    return FAILED


def _unknown_index(name: str, span: Span, where: Where) -> UnknownName:
    """A name in brackets on the left that is no set; in a head it should have been a task."""
    visible = where.scope.visible()
    tasks = {n: s.span for n, s in visible.items() if isinstance(s, TaskName)}
    sets = [n for n, s in visible.items() if isinstance(s, Sets)]
    first = next(iter(tasks.values()), None)
    return UnknownName(name, span, "a task, a set or a number", (*tasks, *sets), first)


def _bind(
    b: Builder, item: tree.Bind, where: Where
) -> list[tuple[Name, dict[str, Symbol]]] | Failed:
    chosen = express.index_set(b, item.over, where)
    if isinstance(chosen, Failed):
        return FAILED
    name = item.name.name
    return [(e.label, {name: Bound(name, e)}) for e in chosen.elements()]


@dataclass(frozen=True, slots=True)
class Keep:
    """What one index on the right keeps of the labels in its place; `one` picks a single one."""

    labels: frozenset[Name]
    one: bool


@dataclass(frozen=True, slots=True)
class Picked:
    """What an index keeps of a family; `single` if every index was an element."""

    keys: tuple[Index, ...]
    single: bool


def pick(
    b: Builder,
    name: str,
    members: Sequence[Index],
    declared: Span,
    index: Sequence[tree.Index],
    where: Where,
    span: Span,
) -> Picked | Failed:
    """`name[index]`: one member if every index is an element, else the part that is kept."""
    arity = len(members[0]) if members else 0
    if members and len(index) > arity:
        b.report.add(TooManyIndices(name, len(index), arity, span, declared))
        return FAILED
    keeps: list[Keep] = []
    for place, item in enumerate(index):
        kept = _kept(b, item, list(dict.fromkeys(key[place] for key in members)), where)
        if isinstance(kept, Failed):
            return FAILED
        keeps.append(kept)
    chosen = [
        key
        for key in members
        if all(label in keep.labels for label, keep in zip(key, keeps, strict=False))
    ]
    if not chosen and any(keep.one for keep in keeps):
        shown = ", ".join(str(next(iter(keep.labels))) if keep.one else "…" for keep in keeps)
        known = tuple(f"`{name}{show_index(key)}`" for key in members)
        b.report.add(NoSuchMember(name, f"[{shown}]", span, known, declared))
        return FAILED
    single = len(keeps) == arity and all(keep.one for keep in keeps)
    return Picked(tuple(chosen), single)


def _kept(b: Builder, item: tree.Index, labels: list[Name], where: Where) -> Keep | Failed:
    match item:
        case tree.Every():
            return Keep(frozenset(labels), one=False)
        case tree.Others():
            out = _kept(b, item.value, labels, where)
            if isinstance(out, Failed):
                return FAILED
            return Keep(frozenset(labels) - out.labels, one=False)
        case tree.Range():
            return _slice(b, item, labels, where)
        case tree.Bind():
            b.report.add(NotBuilt("`name in set` on the right of a statement", item.span))
            return FAILED
        case _:
            return _kept_by_value(b, item, labels, where)


def _kept_by_value(
    b: Builder, item: tree.Expr, labels: list[Name], where: Where
) -> Keep | Failed:
    if isinstance(item, tree.String):
        return Keep(frozenset([item.value]), one=True)
    if isinstance(item, tree.Name) and item.name in labels and where.scope.find(item.name) is None:
        return Keep(frozenset([item.name]), one=True)
    match value := express.value(b, item, where):
        case Element():
            return Keep(frozenset([value.label]), one=True)
        case IndexSet():
            return Keep(frozenset(value.labels), one=False)
        case bool():
            b.report.add(NotAnIndex(describe(value), item.span))
            return FAILED
        case int():
            return Keep(frozenset([value]), one=True)
        case Bare(name):
            names = tuple(str(label) for label in labels)
            b.report.add(UnknownName(name, item.span, "a member here", names))
            return FAILED
        case Failed():
            return FAILED
        case _:
            b.report.add(NotAnIndex(describe(value), item.span))
            return FAILED


def _slice(b: Builder, item: tree.Range, labels: list[Name], where: Where) -> Keep | Failed:
    ends: list[int] = []
    for end, default in ((item.start, 0), (item.stop, len(labels) - 1)):
        if end is None:
            ends.append(default)
            continue
        value = express.value(b, end, where)
        label = value.label if isinstance(value, Element) else value
        if isinstance(label, Failed):
            return FAILED
        if not isinstance(label, int | str):
            b.report.add(NotAnIndex(describe(value), end.span))
            return FAILED
        ends.append(_position(label, labels))
    return Keep(frozenset(labels[max(ends[0], 0) : ends[1] + 1]), one=False)


def _position(label: Name, labels: list[Name]) -> int:
    """Where a slice's end lies among the labels; a number outside them stays outside."""
    if label in labels:
        return labels.index(label)
    return label - 1 if isinstance(label, int) else len(labels)


def pick_set(
    b: Builder, chosen: IndexSet, index: Sequence[tree.Index], where: Where, span: Span
) -> Value:
    """`task[1]` is an element, `task[2..]` and `task[!which]` are sets: places count from 1."""
    if len(index) != 1:
        b.report.add(TooManyIndices(chosen.name, len(index), 1, span, span))
        return FAILED
    item = index[0]
    places: list[Name] = list(range(1, len(chosen) + 1))
    if isinstance(item, tree.Others):
        kept = _kept(b, item.value, list(chosen.labels), where)
        if isinstance(kept, Failed):
            return FAILED
        return chosen.part(tuple(x for x in chosen.labels if x not in kept.labels))
    if isinstance(item, tree.Range):
        kept = _slice(b, item, places, where)
        if isinstance(kept, Failed):
            return FAILED
        return chosen.part(
            tuple(x for p, x in zip(places, chosen.labels, strict=True) if p in kept.labels)
        )
    place = express.value(b, item, where) if not isinstance(item, tree.Bind | tree.Every) else FAILED
    if isinstance(place, int) and 1 <= place <= len(chosen):
        return Element(chosen.labels[place - 1], chosen.home or chosen)
    if not isinstance(place, Failed):
        known = tuple(f"`{chosen.name}[{p}]`" for p in places)
        b.report.add(NoSuchMember(chosen.name, f"[{_shown(place)}]", span, known))
    return FAILED


def pick_item(
    b: Builder,
    items: tuple[object, ...],
    index: Sequence[tree.Index],
    where: Where,
    span: Span,
    name: str,
) -> object:
    """`widths[2]`, `own[task]`: a list is indexed by a number or by a member's place."""
    value: object = items
    for item in index:
        if isinstance(item, tree.Range | tree.Bind | tree.Every | tree.Others):
            b.report.add(NotAnIndex("not one place of a list", item.span))
            return FAILED
        place = express.value(b, item, where)
        if isinstance(place, Failed):
            return FAILED
        number = place.place if isinstance(place, Element) else place
        if not isinstance(value, tuple) or isinstance(number, bool) or not isinstance(number, int):
            b.report.add(NotAnIndex(describe(place), item.span))
            return FAILED
        count = len(value)  # pyright: ignore[reportUnknownArgumentType]
        if not 1 <= number <= count:
            known = tuple(f"`{name}[{p}]`" for p in range(1, count + 1))
            b.report.add(NoSuchMember(name, f"[{_shown(place)}]", span, known))
            return FAILED
        value = value[number - 1]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _shown(place: Value) -> str:
    if isinstance(place, Element):
        return str(place.label)
    return str(place) if isinstance(place, int | float | str) else describe(place)


