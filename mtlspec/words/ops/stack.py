"""`stack`: values on a new axis."""

from collections.abc import Sequence
from dataclasses import replace

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.ops import Family, Op, Value
from mtlspec.words.word import Options


class Stack(Op):
    """Values of one shape behind one another, on a new first axis; families may be among them.

    Example:
        let rows = stack(mine[task], ours)          # three vectors of 8: f32[3, 8]
    """

    signature = "f32[…]+ -> f32[n, …]"
    lining = "spread"

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        del options
        for place, found in enumerate(types):
            if found.shape != types[0].shape:
                return Mismatch(place, str(types[0]), str(found))
        rows = any(found.rows for found in types)
        return replace(types[0], shape=(len(types), *types[0].shape), rows=rows, meaning="plain")

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        del options
        place = py.Constant(-1 - len(values[0].type.shape))
        return py.call("torch.stack", py.array(value.expr for value in values), dim=place)

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        if not family.type.rows:
            return family.expr
        rows = py.Constant(family.axis + 1)
        return py.method(family.expr, "transpose", py.Constant(family.axis), rows)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("a stack is written by `write_values`")


WORD = Stack()
