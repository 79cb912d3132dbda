"""`sum`: values added up."""

from collections.abc import Sequence
from functools import reduce

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


def added(values: Sequence[py.Expr]) -> py.Expr:
    """`a + b + c`."""
    return reduce(lambda left, right: py.Binary("+", left, right), values)


class Sum(Op):
    """The sum of values of one shape; families may be among them.

    Example:
        layer h = sum(mine[task], ours) -> mlp(64)
    """

    signature = "f32[…]+ -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return added(values)


WORD = Sum()
