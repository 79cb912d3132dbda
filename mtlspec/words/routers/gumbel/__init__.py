"""`gumbel`: a softmax of scores with noise, which comes near to choosing one."""

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.routers import Router, logarithms
from mtlspec.words.word import Options


class GumbelOptions(Options):
    """`tau`: the temperature; the smaller, the nearer to one candidate alone."""

    by_place: ClassVar[tuple[str, ...]] = ("tau",)

    tau: float = Field(default=1.0, gt=0)


class Gumbel(Router):
    """a = softmax((ℓ + g) / τ), each gᵢ drawn from Gumbel(0, 1): Jang et al., ICLR 2017, eq. 2.

    The noise is drawn in training alone: for each row in a gate, for each batch in a stitch.

    Example:
        gate(gumbel(0.5)) g[task] = e by features
    """

    also = ("gumbel_softmax",)
    takes_options = GumbelOptions
    functions = ("gumbel",)
    draws = True
    alone = True

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        found = logarithms(coefficients)
        tau = cast("GumbelOptions", options).tau
        return None if found is None else [tau * score for score in found]

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del count
        tau = py.Constant(cast("GumbelOptions", options).tau)
        return py.call("gumbel", scores[0], tau, py.Constant(axis), py.Name("self.training"))


WORD = Gumbel()
