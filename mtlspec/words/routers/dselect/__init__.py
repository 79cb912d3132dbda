"""`dselect`: k selectors that learn, smoothly, to choose one candidate each."""

from collections.abc import Sequence
from math import ceil, log2
from types import MappingProxyType
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.initialisers import uniform
from mtlspec.words.readers import ReadOptions
from mtlspec.words.routers import Misfit, Router, Scores
from mtlspec.words.word import Options

SELECTORS = 0.05
"""The largest score of a selector at the start, as in the authors' code."""


class DselectOptions(Options):
    """`k`: how many selectors. `gamma`: the width over which a bit goes from 0 to 1."""

    by_place: ClassVar[tuple[str, ...]] = ("k",)

    k: int = Field(ge=1)
    gamma: float = Field(default=1.0, gt=0)


class SelectorOptions(ReadOptions):
    """What is known of selectors: `k`, `gamma`."""

    k: int
    gamma: float


class Dselect(Router):
    """Hazimeh et al., NeurIPS 2021 (DSelect-k), §3.1-3.3; both the static and the per-example gate.

    A selector has m = ⌈log₂ n⌉ bits S(t), S being the smooth step that is 0 below -γ/2 and 1 above
    γ/2, and chooses candidate i by ∏ S(tⱼ) or 1 - S(tⱼ), as the bits of i are (the first the
    highest). The k choices are mixed by a softmax. Where n is no power of two some codes choose
    nothing, so coefficients may sum to less than one; the loss `unreachable` counters that.

    Example:
        stitch(dselect(2)) g[task] = e
    """

    also = ("dselect_k", "dselectk")
    takes_options = DselectOptions
    functions = ("selections", "dselect")
    alone = True
    names = ("bits",)
    quantities = MappingProxyType({"bits": "bits"})

    def reads(self, options: Options, count: int) -> tuple[Scores, ...]:
        read = cast("DselectOptions", options)
        bits = uniform.WORD.bind(bound=read.gamma / 100)
        selectors = uniform.WORD.bind(bound=SELECTORS)
        return (
            Scores("", read.k, weight=selectors, start=selectors),
            Scores("bits", read.k * ceil(log2(count)), weight=bits, start=bits),
        )

    def misfit(self, options: Options, count: int, *, by_row: bool) -> Misfit | None:
        del by_row
        k = cast("DselectOptions", options).k
        if k <= count:
            return None
        found = "one candidate" if count == 1 else f"{count} candidates"
        return Misfit(f"selects {k} of {found}", f"`k` goes up to {count} here")

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        gamma = py.Constant(cast("DselectOptions", options).gamma)
        return py.call("dselect", *scores, py.Constant(count), gamma, dim=py.Constant(axis))


WORD = Dselect()
