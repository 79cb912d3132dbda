"""`max`: the greatest of values."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Family, Op
from mtlspec.words.word import Options


class Max(Op):
    """The greatest of values of one shape, number by number; families may be among them.

    Example:
        let h = max(e) -> relu
    """

    also = ("maximum",)
    signature = "f32[…]+ -> f32[…]"
    reduces = True
    lining = "spread"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        if len(values) == 2:
            return py.call("torch.maximum", *values)
        stacked = py.call("torch.stack", py.array(values))
        return py.call("torch.amax", stacked, dim=py.Constant(0))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return py.call("torch.amax", family.expr, dim=py.Constant(family.axis))


WORD = Max()
