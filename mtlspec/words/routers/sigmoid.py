"""`sigmoid`: each coefficient between 0 and 1, on its own."""

from typing import cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.routers import Router
from mtlspec.words.word import Options


class SigmoidOptions(Options):
    """`temperature`: scores are divided by it."""

    temperature: float = Field(default=1.0, gt=0)


class Sigmoid(Router):
    """a = sigmoid(ℓ / temperature): candidates do not compete.

    Example:
        gate(sigmoid) g[task] = e by features
    """

    takes_options = SigmoidOptions

    def write(self, options: Options, scores: py.Expr) -> py.Expr:
        temperature = cast("SigmoidOptions", options).temperature
        if temperature != 1.0:
            scores = py.Binary("/", scores, py.Constant(temperature))
        return py.call("torch.sigmoid", scores)


WORD = Sigmoid()
