"""`exp`: eˣ."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Exp(Op):
    """eˣ, number by number; above about 88 it is infinite, so `clip` what may grow.

    Example:
        let rate = score -> clip(high: 20) -> exp
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("torch.exp", *values)


WORD = Exp()
