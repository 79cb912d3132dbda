"""`transpose`: the two axes of a matrix exchanged."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Transpose(Op):
    """Wᵀ: rows as columns. A token axis stays where it is.

    Example:
        let back = matmul(h, transpose(w))
    """

    signature = "f32[a, b] -> f32[b, a]"

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        found = super().infer(options, types)
        if isinstance(found, Tensor) and found.tokens:
            return Mismatch(0, "a matrix without a token axis", str(types[0]))
        return found

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.Attribute(values[0], "mT")


WORD = Transpose()
