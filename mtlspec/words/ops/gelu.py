"""`gelu`: x Φ(x), exactly."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Gelu(Op):
    """x Φ(x), exactly, number by number. Hendrycks and Gimpel, 2016.

    Example:
        layer h = features -> linear(64) -> gelu
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("F.gelu", *values)


WORD = Gelu()
