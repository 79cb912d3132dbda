"""`dot`: the inner product of two vectors."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Dot(Op):
    """Σᵢ xᵢ yᵢ along the last axis, which is kept: one number.

    Example:
        let match = dot(user, item)
    """

    signature = "f32[…, d], f32[…, d] -> f32[…, 1]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        product = py.Binary("*", values[0], values[1])
        return py.call("torch.sum", product, dim=py.Constant(-1), keepdim=py.Constant(True))


WORD = Dot()
