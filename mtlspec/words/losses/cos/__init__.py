"""`cos`: the cosine of the angle between two vectors."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.losses import Loss
from mtlspec.words.word import Options


class Cos(Loss):
    """x·y / (‖x‖ ‖y‖) along the last axis: 1 for vectors of one direction, 0 where one is 0.

    Example:
        loss cosine = 1 - cos(student, stop_gradient(teacher))
    """

    signature = "f32[…, d], f32[…, d] -> f32[…, 1]"
    functions = ("cos",)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("cos", *values)


WORD = Cos()
