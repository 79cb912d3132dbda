"""`unit`: x / ‖x‖."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class Unit(Op):
    """x / max(‖x‖₂, 1e-12) along the last axis: vectors of length 1.

    Example:
        layer u = features -> mlp(64, 32) -> unit
    """

    also = ("normalize", "normalise", "l2_normalize")
    signature = "f32[…, d] -> f32[…, d]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("F.normalize", *values, dim=py.Constant(-1))


WORD = Unit()
