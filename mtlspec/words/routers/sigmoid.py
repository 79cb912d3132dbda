"""`sigmoid`: each coefficient between 0 and 1, on its own."""

from collections.abc import Sequence
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
    compares = False

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        if min(coefficients) < 0 or max(coefficients) > 1:
            return None
        inside = [min(max(share, TINY), 1 - TINY) for share in coefficients]
        temperature = cast("SigmoidOptions", options).temperature
        return [temperature * log(share / (1 - share)) for share in inside]

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del count, axis
        temperature = cast("SigmoidOptions", options).temperature
        scaled = scores[0]
        if temperature != 1.0:
            scaled = py.Binary("/", scaled, py.Constant(temperature))
        return py.call("torch.sigmoid", scaled)


WORD = Sigmoid()
