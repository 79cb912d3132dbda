"""Routers: how the scores of a mix become its coefficients."""

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.registry import find
from mtlspec.words.word import Bound, ConditionOption, OfKind, Options, Word


class Router(Word):
    """A router a = router(ℓ)."""

    kind = "routers"

    @abstractmethod
    def write(self, options: Options, scores: py.Expr, axis: int) -> py.Expr:
        """The coefficients from scores whose candidates lie along an axis."""

    @abstractmethod
    def invert(self, options: Options, coefficient: float) -> float:
        """A score that gives this coefficient, where the coefficients sum to one."""


def _router(name: str) -> Bound:
    word = find("routers", name)
    assert word is not None
    return word.bind()


class GateOptions(Options):
    """The options of `gate(…)`: the router first, by place; `bias` adds b to ℓ = W s + b."""

    by_place: ClassVar[tuple[str, ...]] = ("router",)

    router: Annotated[Bound, OfKind("routers")] = Field(default_factory=lambda: _router("softmax"))
    bias: bool = False


class StitchOptions(Options):
    """The options of `stitch(…)`: the router first, by place.

    `per`: whether a coefficient is a number or one number per channel. `init`: the coefficients
    at the start, `own(0.9)`, `last(0.9)`, `even`, `uniform(b)`, a number, or all of them. `lr`: a
    factor on the learning rate.
    """

    by_place: ClassVar[tuple[str, ...]] = ("router",)

    router: Annotated[Bound, OfKind("routers")] = Field(default_factory=lambda: _router("free"))
    per: Literal["scalar", "channel"] = "scalar"
    init: ConditionOption | None = None
    lr: float = Field(default=1.0, gt=0)
