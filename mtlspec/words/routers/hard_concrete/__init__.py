"""`hard_concrete`: each coefficient between 0 and 1, and often one of these."""

from collections.abc import Sequence
from math import log
from types import MappingProxyType
from typing import cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.initialisers import normal
from mtlspec.words.routers import Router, Scores
from mtlspec.words.word import Options

START = 0.01
"""The standard deviation of log α at the start, as in the code of Louizos et al."""


class HardConcreteOptions(Options):
    """`beta`: the temperature. `zeta`, `gamma`: what 1 and 0 are stretched to before they are cut.

    The defaults are those of Louizos et al.
    """

    beta: float = Field(default=2 / 3, gt=0)
    zeta: float = Field(default=1.1, gt=1)
    gamma: float = Field(default=-0.1, lt=0)


class HardConcrete(Router):
    """z = min(1, max(0, s (ζ - γ) + γ)), s = σ((log u - log(1 - u) + log α) / β) in training.

    Ma et al., AAAI 2019 (SNR), eq. 5-7, after Louizos et al., ICLR 2018, eq. 10-13. The scores are
    log α, one per candidate. u is drawn from U(0, 1) for each row in a gate, for each batch in a
    stitch, and is not learned; when the model serves s is σ(log α).

    Example:
        stitch(hard_concrete) v[task] = u
    """

    also = ("concrete", "snr")
    takes_options = HardConcreteOptions
    compares = False
    functions = ("hard_concrete",)
    draws = True
    quantities = MappingProxyType({"log_alpha": ""})

    def reads(self, options: Options, count: int) -> tuple[Scores, ...]:
        del options
        return (Scores("", count, start=normal.WORD.bind(std=START)),)

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        if min(coefficients) < 0 or max(coefficients) > 1:
            return None
        read = cast("HardConcreteOptions", options)
        inner = [(z - read.gamma) / (read.zeta - read.gamma) for z in coefficients]
        return [log(s / (1 - s)) for s in inner]

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del count, axis
        read = cast("HardConcreteOptions", options)
        numbers = map(py.Constant, (read.beta, read.zeta, read.gamma))
        return py.call("hard_concrete", scores[0], *numbers, py.Name("self.training"))


WORD = HardConcrete()
