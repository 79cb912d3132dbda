"""`sum`: values added up."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Family, Op
from mtlspec.words.word import Options


class Sum(Op):
    """The sum of values of one shape; families may be among them.

    Example:
        layer h = sum(mine[task], ours) -> mlp(64)
    """

    also = ("add", "add_n")
    signature = "f32[…]+ -> f32[…]"
    reduces = True
    lining = "spread"

    def factor(self, options: Options) -> float:
        del options
        return 1.0

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        if len(values) == 2:
            return py.Binary("+", values[0], values[1])
        stacked = py.call("torch.stack", py.array(values))
        return py.call("torch.sum", stacked, dim=py.Constant(0))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return py.call("torch.sum", family.expr, dim=py.Constant(family.axis))


WORD = Sum()
