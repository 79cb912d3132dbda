"""`abs`: |x|."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Abs(Op):
    """|x|, number by number.

    Example:
        let far = abs(a - b)
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("torch.abs", *values)


WORD = Abs()
