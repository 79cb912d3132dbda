"""`softmax`: coefficients that are positive and sum to one; a gate's default."""

from math import log
from typing import cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.routers import Router
from mtlspec.words.word import Options

TINY = 1e-12
"""The least coefficient that a softmax is asked for."""


class SoftmaxOptions(Options):
    """`temperature`: scores are divided by it; above 1 the mixture is flatter."""

    temperature: float = Field(default=1.0, gt=0)


class Softmax(Router):
    """a = softmax(ℓ / temperature): Ma et al., KDD 2018, eq. 8; Tang et al., RecSys 2020, eq. 3.

    Example:
        gate(softmax(temperature: 2)) g[task] = e by features
    """

    takes_options = SoftmaxOptions

    def write(self, options: Options, scores: py.Expr, axis: int) -> py.Expr:
        temperature = cast("SoftmaxOptions", options).temperature
        if temperature != 1.0:
            scores = py.Binary("/", scores, py.Constant(temperature))
        return py.call("F.softmax", scores, dim=py.Constant(axis))

    def invert(self, options: Options, coefficient: float) -> float:
        return cast("SoftmaxOptions", options).temperature * log(max(coefficient, TINY))


WORD = Softmax()
