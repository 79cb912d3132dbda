"""`mean`: the mean of values."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op, sum
from mtlspec.words.word import Options


class Mean(Op):
    """The mean of values of one shape; families may be among them.

    Example:
        layer h = mean(e) -> mlp(64)
    """

    signature = "f32[…]+ -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        return py.Binary("/", sum.added(values), py.Constant(len(values)))


WORD = Mean()
