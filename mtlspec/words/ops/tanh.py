"""`tanh`: the hyperbolic tangent."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Tanh(Op):
    """the hyperbolic tangent, number by number.

    Example:
        layer h = features -> linear(64) -> tanh
    """

    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("torch.tanh", *values)


WORD = Tanh()
