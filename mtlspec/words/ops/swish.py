"""`swish`: x · sigmoid(x)."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Swish(Op):
    """x · sigmoid(x), number by number. Ramachandran et al., 2017.

    Example:
        layer h = features -> linear(64) -> swish
    """

    also = ("silu", "SiLU")
    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("F.silu", *values)


WORD = Swish()
