"""`outer`: all products of the numbers of two vectors."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Outer(Op):
    """x yᵀ: the matrix of xᵢ yⱼ.

    Example:
        let scale = outer(r[task], s[task])         # a matrix of rank one
    """

    signature = "f32[a], f32[b] -> f32[a, b]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        column = py.method(values[0], "unsqueeze", py.Constant(-1))
        return py.Binary("*", column, py.method(values[1], "unsqueeze", py.Constant(-2)))


WORD = Outer()
