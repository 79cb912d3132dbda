"""Losses: ops that make numbers for `loss` statements, most of them penalties of weights.

A matrix of weights comes as [in, out], as in `matmul(x, w)`.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.ops import Family, Op, Value
from mtlspec.words.word import Options

OF_WEIGHTS = "a penalty is of weights: those of a layer `{}` are `weights({})`"
"""What may be meant by a penalty of a value that differs by row."""


class Loss(Op):
    """An op that is called as any other; it makes one number, of a row or of weights."""

    kind = "losses"
    given: ClassVar[tuple[str, ...]] = ("x", "y")
    """What it may be given, as a spec writes it."""

    def usage(self, written: str) -> str:
        del written
        values = self.given[: len(self.takes.arguments)]
        return f"`{self.name}({', '.join(values)})`"


class Penalty(Loss):
    """One number of learned arrays that have the axes of its signature in common.

    An mlp has several matrices: the penalty is then that of its layers, added up.
    """

    adds_layers = True
    lining = "spread"
    given = ("weights(f)", "weights(g)")
    prox_functions: ClassVar[tuple[str, ...]] = ()
    """The functions of its `module.py` that its proximal map needs."""

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        for place, found in enumerate(types):
            if found.rows:
                expected = "an array that is the same for all rows"
                return Mismatch(place, expected, str(found), OF_WEIGHTS)
        return super().infer(options, types)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError(f"{self.name} lines its values up itself")

    def write_prox(self, array: py.Expr, step: py.Expr) -> py.Expr:
        """Its proximal map: of an array W, argmin over V of step · penalty(V) + ½‖V - W‖²."""
        raise AssertionError(f"{self.name} has no `method: prox`")


class Separate(Penalty):
    """A penalty that is the sum over the numbers of its arrays, so that these may be unlike."""

    signature = "f32[…]+ -> f32[]"

    @abstractmethod
    def each(self, array: py.Expr) -> py.Expr:
        """What is added up, of the same shape."""

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        for place, found in enumerate(types):
            alone = super().infer(options, [found])
            if isinstance(alone, Mismatch):
                return replace(alone, argument=place)
        return Tensor((), rows=False)

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        del options
        return added([total(value, self.each(value.expr)) for value in values])

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return total(family, self.each(family.expr))


class Joint(Penalty):
    """A penalty of matrices side by side along their outputs: as many inputs, any outputs."""

    signature = "f32[a, b]+ -> f32[]"

    @abstractmethod
    def joint(self, matrix: py.Expr) -> py.Expr:
        """The penalty of [..., a, b]."""

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        for place, found in enumerate(types):
            alone = super().infer(options, [found])
            if isinstance(alone, Mismatch):
                return replace(alone, argument=place)
            if found.shape[0] != types[0].shape[0]:
                return Mismatch(place, f"f32[{types[0].shape[0]}, b]", str(found))
        return Tensor((), rows=False)

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        del options
        if len(values) == 1:
            return self.joint(values[0].expr)
        matrices = py.array(value.expr for value in values)
        return self.joint(py.call("torch.cat", matrices, dim=py.Constant(-1)))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        inputs, members = py.Constant(family.axis + 1), py.Constant(family.axis)
        moved = py.method(family.expr, "transpose", members, inputs)
        return self.joint(py.method(moved, "flatten", inputs))


class Alike(Penalty):
    """A penalty of arrays of one shape, which it takes on a first axis."""

    signature = "f32[…]+ -> f32[]"

    @abstractmethod
    def alike(self, options: Options, arrays: py.Expr, count: int, axes: py.Expr) -> py.Expr:
        """The penalty of `count` arrays; `axes` are those of one of them."""

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        arrays = py.call("torch.stack", py.array(value.expr for value in values))
        return self.alike(options, arrays, len(values), own_axes(values[0]))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        arrays = family.expr
        if family.stacked:
            arrays = py.method(arrays, "transpose", py.Constant(0), py.Constant(1))
        return self.alike(options, arrays, family.count, own_axes(family))


class ProximalOptions(Options):
    """`method`: `gradient` adds the penalty to the objective; `prox` takes a proximal step after
    the optimiser's instead, which reaches exact zeros.
    """

    method: Literal["gradient", "prox"] = "gradient"


def is_proximal(options: Options) -> bool:
    """Whether a penalty stands for a proximal step instead of a number."""
    return isinstance(options, ProximalOptions) and options.method == "prox"


def total(value: Value, expr: py.Expr) -> py.Expr:
    """The sum over a value's own axes, and over a family, of what was made of it."""
    axes = len(value.type.shape) + isinstance(value, Family)
    if not axes:
        return expr
    dims = {"dim": py.sized(*range(-axes, 0))} if value.stacked else {}
    return py.call("torch.sum", expr, **dims)


def own_axes(value: Value) -> py.Expr:
    """The axes of a value itself, counted from the last."""
    return py.sized(*range(-len(value.type.shape), 0))


def added(terms: Sequence[py.Expr]) -> py.Expr:
    """The sum of expressions."""
    first, *others = terms
    for term in others:
        first = py.Binary("+", first, term)
    return first
