"""`matmul`: x W, with a matrix that is a value itself."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.contraction import contracted
from mtlspec.words.ops import Op, Value
from mtlspec.words.word import Options


class Matmul(Op):
    """y = x W over the last axis of x; W is [a, b], a `weight` or something made of weights.

    Example:
        weight w : f32[dim(features), 64]
        let h = matmul(features, w)
    """

    also = ("mm", "bmm")
    signature = "f32[…, a], f32[a, b] -> f32[…, b]"
    lining = "own"
    contracts = True

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        del options
        return len(places) == 1

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        x, w = values
        rank = len(x.type.shape)
        if not w.type.rows and (not w.stacked or _is_matrix(x)):
            return py.Binary("@", x.expr, w.expr)
        lead = "xyzuvw"[: rank - 1]
        return contracted([f"{lead}i", "ij"], f"{lead}j", values)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("a product is written by `write_values`")


def _is_matrix(x: Value) -> bool:
    """Whether PyTorch's `@` pairs the members of x, or x itself, with those of a stack."""
    axes = x.type.rows + len(x.type.shape)
    return axes == 2 or (axes == 1 and not x.stacked)


WORD = Matmul()
