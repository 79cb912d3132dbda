"""`min`: the least of values."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Family, Op
from mtlspec.words.word import Options


class Min(Op):
    """The least of values of one shape, number by number; families may be among them.

    Example:
        let h = min(a, b)
    """

    also = ("minimum",)
    signature = "f32[…]+ -> f32[…]"
    reduces = True
    lining = "spread"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        if len(values) == 2:
            return py.call("torch.minimum", *values)
        stacked = py.call("torch.stack", py.array(values))
        return py.call("torch.amin", stacked, dim=py.Constant(0))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return py.call("torch.amin", family.expr, dim=py.Constant(family.axis))


WORD = Min()
