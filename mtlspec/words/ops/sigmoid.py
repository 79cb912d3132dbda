"""`sigmoid`: 1 / (1 + exp(-x))."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Sigmoid(Op):
    """1 / (1 + exp(-x)), number by number.

    Example:
        layer h = features -> linear(64) -> sigmoid
    """

    also = ("logistic",)
    signature = "f32[…] -> f32[…]"
    bounded = True

    def answers_apart(self, options: Options) -> bool:
        del options
        return True

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("torch.sigmoid", *values)


WORD = Sigmoid()
