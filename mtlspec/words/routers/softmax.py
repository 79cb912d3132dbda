"""`softmax`: coefficients that are positive and sum to one; a gate's default."""

from collections.abc import Sequence
from typing import cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.routers import Router, logarithms
from mtlspec.words.word import Options


class SoftmaxOptions(Options):
    """`temperature`: scores are divided by it; above 1 the mixture is flatter."""

    temperature: float = Field(default=1.0, gt=0)


class Softmax(Router):
    """a = softmax(ℓ / temperature): Ma et al., KDD 2018, eq. 8; Tang et al., RecSys 2020, eq. 3.

    Example:
        gate(softmax(temperature: 2)) g[task] = e by features
    """

    takes_options = SoftmaxOptions
    alone = True

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        temperature = cast("SoftmaxOptions", options).temperature
        found = logarithms(coefficients)
        return None if found is None else [temperature * score for score in found]

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del count
        temperature = cast("SoftmaxOptions", options).temperature
        scaled = scores[0]
        if temperature != 1.0:
            scaled = py.Binary("/", scaled, py.Constant(temperature))
        return py.call("F.softmax", scaled, dim=py.Constant(axis))


WORD = Softmax()
