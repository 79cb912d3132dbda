"""`log`: the natural logarithm."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Log(Op):
    """ln x, number by number: -inf at 0 and no number (NaN) below, which stops training.

    `clip(low: 1e-6)` before it keeps x above 0, and its gradient finite.

    Example:
        let bits = share -> clip(low: 1e-6) -> log
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("torch.log", *values)


WORD = Log()
