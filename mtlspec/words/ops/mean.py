"""`mean`: the mean of values."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Family, Op
from mtlspec.words.word import Options


class Mean(Op):
    """The mean of values of one shape; families may be among them.

    Example:
        layer h = mean(e) -> mlp(64)
    """

    also = ("average", "avg")
    signature = "f32[…]+ -> f32[…]"
    reduces = True
    lining = "spread"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        stacked = py.call("torch.stack", py.array(values))
        return py.call("torch.mean", stacked, dim=py.Constant(0))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return py.call("torch.mean", family.expr, dim=py.Constant(family.axis))


WORD = Mean()
