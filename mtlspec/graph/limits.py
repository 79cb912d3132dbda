"""How far a program is unrolled: a limit that a slip of the pen reaches and no model does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span

MOST_UNROLLED = 200_000


class UnrolledTooFar(Error):
    """A program is unrolled into at most 200,000 parts.

    What it means: the members of all statements and the values that they are computed through,
    those of each iteration and of each call of a component counted anew, are too many. Nothing
    behind the mark was read.

    Example:
        repeat 1_000 {
            repeat 1_000 {
                layer h = features -> linear(4)
            }
        }

    Instead: fewer iterations, or fewer members.

    Why: every part is checked and has a name of its own, and no network has so many.
    """

    id = "MTL0250"
    title = "a program is unrolled into at most 200,000 parts"
    span: Span

    def headline(self) -> str:
        return f"this program is unrolled into more than {MOST_UNROLLED:,} parts"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "the limit is reached here", primary=True)]


class DependsTooDeep(Error):
    """Definitions lean on each other some thousands deep at most.

    What it means: to know one value another has to be known, for that a third, and so on through
    a chain of thousands of definitions, each written before the one that it needs.

    Example:
        param p3 = p2 + 1
        param p2 = p1 + 1          # … and so on, thousands of times
        param p1 = 1

    Instead: write what is needed first.

    Why: nobody writes such a chain by hand; it comes from a generator, which can as well write
    its lines in the other order.
    """

    id = "MTL0251"
    title = "definitions lean on each other some thousands deep at most"
    path: str

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return "write what is needed before what needs it"


class Unbounded(Exception):
    """Ends the build of a program that would not end by itself."""

    def __init__(self, error: UnrolledTooFar) -> None:
        self.error = error
        super().__init__(error.headline())


@dataclass
class Unrolled:
    """Counts what is unrolled, in the whole program."""

    count: int = 0

    def add(self, parts: int, span: Span) -> None:
        """Counts parts in."""
        self.count += parts
        self.check(self.count, span)

    def check(self, parts: int, span: Span) -> None:
        """Ends the build where something alone has too many parts."""
        if parts > MOST_UNROLLED:
            raise Unbounded(UnrolledTooFar(span))


def entries(value: object) -> int:
    """How many entries a list of lists has; more than `MOST_UNROLLED` are not counted on."""
    count, todo = 0, [value]
    while todo and count <= MOST_UNROLLED:
        item = todo.pop()
        count += 1
        if isinstance(item, tuple):
            todo.extend(cast("tuple[object, ...]", item))
    return count
