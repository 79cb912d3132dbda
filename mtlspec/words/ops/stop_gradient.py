"""`stop_gradient`: the identity, with no gradient."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class StopGradient(Op):
    """The value as it is; no loss moves what it was computed from.

    Example:
        gate h[task] = mine[task], stop_gradient(mine[!task]) by features
    """

    also = ("detach", "no_grad")
    keeps_meaning = True
    passes_gradient = False
    signature = "f32[…] -> f32[…]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.method(values[0], "detach")


WORD = StopGradient()
