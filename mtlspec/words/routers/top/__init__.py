"""`top`: the k candidates of the largest scores, the others 0."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.initialisers import normal
from mtlspec.words.ops import jitter
from mtlspec.words.routers import Misfit, Router, Scores, logarithms
from mtlspec.words.word import Bound, Options

TIES = 0.01
"""The standard deviation that a stitch's scores begin with, so that there are k largest."""


class TopOptions(Options):
    """`k`: how many candidates are kept.

    `renormalise`: whether the coefficients are a softmax over the k kept, or what a softmax over
    all gives these. `capacity`: in training a candidate takes the first ⌈capacity · k · rows / n⌉
    rows that chose it, and a refused row gets 0 from it. `jitter`: in training the selector is
    multiplied by numbers between 1 - jitter and 1 + jitter.
    """

    by_place: ClassVar[tuple[str, ...]] = ("k",)

    k: int = Field(ge=1)
    renormalise: bool | None = None
    capacity: float | None = Field(default=None, gt=0)
    jitter: float = Field(default=0.0, ge=0, lt=1)


class Top(Router):
    """a = softmax over the k largest of ℓ: Fedus et al., JMLR 2022 (Switch), §2.1-2.2, for k = 1.

    There the coefficient is that of a softmax over all candidates (`renormalise: no`): one that
    is kept alone would always get 1, and W no gradient.

    Example:
        gate(top(2)) g[task] = e by features
    """

    also = ("topk", "top_k", "switch")
    takes_options = TopOptions
    functions = ("top", "within_capacity")
    quantities = MappingProxyType({"choices": ""})

    def needs(self, options: Options) -> tuple[str, ...]:
        bounded = cast("TopOptions", options).capacity is not None
        return self.functions if bounded else ("top",)

    def reads(self, options: Options, count: int) -> tuple[Scores, ...]:
        del options
        return (Scores("", count, start=normal.WORD.bind(std=TIES)),)

    def misfit(self, options: Options, count: int, *, by_row: bool) -> Misfit | None:
        read = cast("TopOptions", options)
        if read.k > count:
            found = "one candidate" if count == 1 else f"{count} candidates"
            return Misfit(f"keeps {read.k} of {found}", f"`k` goes up to {count} here")
        if read.k == 1 and read.renormalise is None:
            return Misfit(
                "needs `renormalise:` where it keeps one candidate",
                "`renormalise: no`: a softmax over the one that is kept is always 1",
            )
        if read.capacity is not None and not by_row:
            return Misfit(
                "has a capacity of rows, and here no row chooses",
                "leave `capacity:` out, or let a gate choose by a value of each row",
            )
        return None

    def before(self, options: Options) -> Bound | None:
        epsilon = cast("TopOptions", options).jitter
        return jitter.WORD.bind(epsilon=epsilon) if epsilon else None

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        kept = sum(share > 0 for share in coefficients)
        return logarithms(coefficients) if kept <= cast("TopOptions", options).k else None

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del count
        read = cast("TopOptions", options)
        k, dim = py.Constant(read.k), py.Constant(axis)
        renormalise = {} if read.renormalise is not False else {"renormalise": py.Constant(False)}
        kept = py.call("top", scores[0], k, dim=dim, **renormalise)
        if read.capacity is None:
            return kept
        most = py.Constant(read.capacity * read.k)
        return py.call("within_capacity", kept, most, dim, py.Name("self.training"))


WORD = Top()
