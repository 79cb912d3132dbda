"""`weight n : f32[a, b] = init`: an array that is learned as it is."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.options import read_word
from mtlspec.graph.expressions import express
from mtlspec.graph.node import Node
from mtlspec.graph.values import Failed, describe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.initialisers import Initialiser, Parameter, xavier
from mtlspec.words.word import Bound

MOST_NUMBERS = 2**31 - 1
"""An array with more numbers than this is a slip of the pen, not a model."""


class WeightType(Error):
    """A learned array has a type, and its sizes are whole numbers.

    What it means: what stands behind the `:` is not `f32[…]` with sizes from 1 that are known when
    the spec is read.

    Example:
        weight w : [64, 32]

    Instead:
        weight w : f32[64, 32]
        weight w : f32[dim(h), 32]

    Why: an array that no value flows into has no other way to say how large it is.
    """

    id = "MTL0340"
    title = "a `weight` has a type such as `f32[64, 32]`"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]


class TooFewAxes(Error):
    """Some initialisers draw matrices, so the array needs two axes.

    What it means: the array has fewer axes than the initialiser looks at.

    Example:
        weight b : f32[64]                  # xavier, unless told otherwise

    Instead:
        weight b : f32[64] = zeros
        weight b : f32[64] = normal(0.02)

    Why: `xavier` and `orthonormal` count what goes in and what comes out.
    """

    id = "MTL0341"
    title = "an initialiser of matrices needs two axes"
    name: str
    axes: int
    span: Span
    default: bool

    def headline(self) -> str:
        return f"`{self.name}` needs an array of {self.axes} axes"

    def labels(self) -> Sequence[Label]:
        text = f"begins as `{self.name}`, unless told otherwise" if self.default else ""
        return [Label(self.span, text, primary=True)]

    def help(self) -> str:
        return "`zeros`, `ones` and `normal(0.02)` take any number of axes"


def weight(b: Builder, statement: tree.Weight, where: Where) -> Node:
    """The array of one member, the same for all rows."""
    assert where.owner is not None
    shape = _shape(b, statement.type, where)
    initial = xavier.WORD.bind()
    if statement.value is not None:
        read = read_word(b, "initialisers", statement.value, where)
        if read is None:
            return b.nothing(where.owner, statement.span)
        initial = read
    if shape is None or not _suits(b, initial, shape, statement):
        return b.nothing(where.owner, statement.span)
    parameter = Parameter("weight", shape, initial, shape[0] if shape else 1)
    return b.learn(parameter, where.owner, statement.span, inner="")


def _shape(b: Builder, kind: tree.Expr, where: Where) -> tuple[int, ...] | None:
    """The sizes in `f32[a, b]`."""
    if not isinstance(kind, tree.Pick) or kind.value.span.text != "f32":
        b.report.add(WeightType("this is no type", kind.span))
        return None
    sizes = [_size(b, item, where) for item in kind.index]
    found = tuple(size for size in sizes if size is not None)
    if len(found) < len(sizes):
        return None
    count = 1
    for size in found:
        count *= size
    if count > MOST_NUMBERS:
        b.report.add(WeightType(f"{count:,} numbers, over {MOST_NUMBERS:,}", kind.span))
        return None
    return found


def _size(b: Builder, item: tree.Index, where: Where) -> int | None:
    if isinstance(item, tree.Range | tree.Bind | tree.Every | tree.Others):
        b.report.add(WeightType("this is no size", item.span))
        return None
    found = express.value(b, item, where)
    if isinstance(found, int) and not isinstance(found, bool) and found >= 1:
        return found
    if not isinstance(found, Failed):
        b.report.add(WeightType(f"this is {describe(found)}", item.span))
    return None


def _suits(b: Builder, initial: Bound, shape: Sequence[int], statement: tree.Weight) -> bool:
    assert isinstance(initial.word, Initialiser)
    most = initial.word.most_axes
    if len(shape) >= initial.word.axes and (most is None or len(shape) <= most):
        return True
    given = statement.value
    span = (statement.type if given is None else given).span
    name, axes = initial.word.name, initial.word.axes
    b.report.add(TooFewAxes(name, axes, span, default=given is None))
    return False
