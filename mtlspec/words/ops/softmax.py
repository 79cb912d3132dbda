"""`softmax`: positive numbers that sum to one."""

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class SoftmaxOptions(Options):
    """`temperature`: x is divided by it; above 1 the result is flatter."""

    by_place: ClassVar[tuple[str, ...]] = ("temperature",)

    temperature: float = Field(default=1.0, gt=0)


class Softmax(Op):
    """exp(xᵢ / temperature) / Σⱼ exp(xⱼ / temperature) along the last axis.

    Example:
        layer a = features -> linear(4) -> softmax
    """

    takes_options = SoftmaxOptions
    signature = "f32[…, d] -> f32[…, d]"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        temperature = cast("SoftmaxOptions", options).temperature
        scores = values[0]
        if temperature != 1.0:
            scores = py.Binary("/", scores, py.Constant(temperature))
        return py.call("F.softmax", scores, dim=py.Constant(-1))


WORD = Softmax()
