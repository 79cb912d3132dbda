"""`jitter`: numbers that are shaken in training."""

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.ops import SAME, Op
from mtlspec.words.word import Options


class JitterOptions(Options):
    """`epsilon`: how far from 1 the factors lie at most."""

    by_place: ClassVar[tuple[str, ...]] = ("epsilon",)

    epsilon: float = Field(gt=0, lt=1)


class Jitter(Op):
    """x · u with each u drawn from U(1 - ε, 1 + ε) in training; else x.

    Fedus et al., JMLR 2022 (Switch), §2.4: it is how a router's input explores.

    Example:
        let s = features -> jitter(0.01)
    """

    takes_options = JitterOptions
    signature = SAME
    draws = True
    functions = ("jitter",)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        epsilon = py.Constant(cast("JitterOptions", options).epsilon)
        return py.call("jitter", *values, epsilon, py.Name("self.training"))


WORD = Jitter()
