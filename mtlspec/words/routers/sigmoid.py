"""`sigmoid`: each coefficient between 0 and 1, on its own."""

from math import log
from typing import cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.routers import Router
from mtlspec.words.word import Options

TINY = 1e-6
"""How near to 0 and 1 a coefficient may begin."""


class SigmoidOptions(Options):
    """`temperature`: scores are divided by it."""

    temperature: float = Field(default=1.0, gt=0)


class Sigmoid(Router):
    """a = sigmoid(ℓ / temperature): candidates do not compete.

    Example:
        gate(sigmoid) g[task] = e by features
    """

    takes_options = SigmoidOptions

    def write(self, options: Options, scores: py.Expr, axis: int) -> py.Expr:
        del axis
        temperature = cast("SigmoidOptions", options).temperature
        if temperature != 1.0:
            scores = py.Binary("/", scores, py.Constant(temperature))
        return py.call("torch.sigmoid", scores)

    def invert(self, options: Options, coefficient: float) -> float:
        inside = min(max(coefficient, TINY), 1 - TINY)
        return cast("SigmoidOptions", options).temperature * log(inside / (1 - inside))


WORD = Sigmoid()
