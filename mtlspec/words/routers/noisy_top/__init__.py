"""`noisy_top`: the k candidates of the largest scores, to which noise is added in training."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.initialisers import normal, zeros
from mtlspec.words.ops import Op
from mtlspec.words.routers import PERTURBED, Misfit, Router, Scores
from mtlspec.words.routers.top import TIES
from mtlspec.words.routers.top import WORD as TOP
from mtlspec.words.word import Bound, Options


class NoisyTopOptions(Options):
    """`k`: how many candidates are kept."""

    by_place: ClassVar[tuple[str, ...]] = ("k",)

    k: int = Field(ge=2)


class Noisy(Op):
    """h = ℓ + ε · softplus(ν), ε drawn from N(0, 1) in training; else ℓ."""

    kind = "routers"
    signature = "f32[…], f32[…] -> f32[…]"
    functions = ("noisy",)
    draws = True

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("noisy", *values, py.Name("self.training"))


class NoisyTop(Router):
    """a = softmax over the k largest of ℓ + ε · softplus(ν): Shazeer et al., ICLR 2017, eq. 3-5.

    ν are scores of their own, of a W_noise in a gate; both W begin with zeros (appendix A). With
    k = 1 the softmax would always be 1 and nothing would be learned of how to choose.

    Example:
        gate(noisy_top(2)) g[task] = e by features
    """

    also = ("noisy_topk", "noisy_top_k", "noisy_gating")
    takes_options = NoisyTopOptions
    borrows = ((TOP.module, "top"),)
    names = ("noise",)
    quantities = MappingProxyType(
        {"scores": "", "noise": "noise", "noisy": PERTURBED, "choices": PERTURBED}
    )

    def reads(self, options: Options, count: int) -> tuple[Scores, ...]:
        del options
        zero = zeros.WORD.bind()
        return (
            Scores("", count, weight=zero, start=normal.WORD.bind(std=TIES)),
            Scores("noise", count, weight=zero, start=zero),
        )

    def misfit(self, options: Options, count: int, *, by_row: bool) -> Misfit | None:
        del by_row
        k = cast("NoisyTopOptions", options).k
        if k <= count:
            return None
        found = "one candidate" if count == 1 else f"{count} candidates"
        return Misfit(f"keeps {k} of {found}", f"`k` goes from 2 to {count} here")

    def perturb(self, options: Options) -> Bound | None:
        del options
        return Noisy().bind()

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del count
        k = py.Constant(cast("NoisyTopOptions", options).k)
        return py.call("top", scores[0], k, dim=py.Constant(axis))


WORD = NoisyTop()
