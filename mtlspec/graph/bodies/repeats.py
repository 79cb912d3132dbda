"""What a repeat runs over, and what its variable is bound to."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label, Note
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.naming.scope import Bound, Constants, Lazy, Symbol
from mtlspec.graph.values import FAILED, Bare, Element, Failed, IndexSet, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree

MOST_ITERATIONS = 10_000


class RepeatOver(Error):
    """A repeat runs over a number, a range, a list or a set.

    What it means: what the repeat runs over is none of these, or is far too long.

    Example:
        repeat "3" { … }

    Instead:
        repeat 3 { … }

    Why: a repeat is unrolled when the spec is read, so its length must be known and sensible.
    """

    id = "MTL0403"
    title = "a `repeat` runs over a number, a range, a list or a set"
    what: str
    span: Span
    too_long: bool = False

    def headline(self) -> str:
        if self.too_long:
            return f"a `repeat` has at most {MOST_ITERATIONS:,} iterations"
        return self.title

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]


class EmptyRepeat(Note):
    """A repeat that runs over nothing makes nothing."""

    id = "empty-repeat"
    title = "this `repeat` runs over nothing, so nothing in it is built"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


def bound(name: str, span: Span, value: Value) -> Symbol:
    """What the variable of a repeat stands for in one iteration."""
    if isinstance(value, Element):
        return Bound(name, span, value)
    return Constants(name, span, Lazy(lambda: value, lambda: FAILED))


def repeated(b: Builder, over: tree.Expr | tree.Range, where: Where) -> Sequence[Value] | Failed:
    """The values that a repeat runs over, one an iteration."""
    found: Value
    if isinstance(over, tree.Range):
        ends = express.numbers(b, over, where)
        found = ends if isinstance(ends, Failed) else int(ends.stop) - int(ends.start) + 1
        start = 1 if isinstance(ends, Failed) else int(ends.start)
    else:
        found, start = express.value(b, over, where), 1
    match found:
        case Failed():
            return FAILED
        case bool():
            b.report.add(RepeatOver(describe(found), over.span))
            return FAILED
        case int() if found < 0 and not isinstance(over, tree.Range):
            b.report.add(RepeatOver(f"{found} iterations", over.span))
            return FAILED
        case int() if found > MOST_ITERATIONS:
            b.report.add(RepeatOver(f"{found:,} iterations", over.span, too_long=True))
            return FAILED
        case int():
            return list(range(start, start + found))
        case tuple():
            return found
        case IndexSet():
            return list(found.elements())
        case Bare(name):
            express.unknown_name(b, name, over.span, where, role="declared")
            return FAILED
        case _:
            b.report.add(RepeatOver(describe(found), over.span))
            return FAILED
