"""`sqrt`: the square root."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Sqrt(Op):
    """√x, number by number: no number (NaN) below 0, and at 0 the slope is infinite.

    Either stops training; `clip(low: 1e-6)` before it prevents both.

    Example:
        let deviation = variance -> clip(low: 1e-6) -> sqrt
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("torch.sqrt", *values)


WORD = Sqrt()
