"""The laws of indices: what may stand in brackets, and what must exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span

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
        many = (
            "no indices"
            if self.arity == 0
            else ("1 index at most" if self.arity == 1 else f"{self.arity} indices at most")
        )
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
