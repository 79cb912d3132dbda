"""`relu`: max(x, 0)."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Relu(Op):
    """max(x, 0), number by number. Nair and Hinton, ICML 2010.

    Example:
        layer h = features -> linear(64) -> relu
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("F.relu", *values)


WORD = Relu()
