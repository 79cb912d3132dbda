"""Routers: how the scores of a mix become its coefficients."""

from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.registry import find
from mtlspec.words.word import Bound, OfKind, Options, Word


class Router(Word):
    """A router a = router(ℓ), written over the last axis of ℓ."""

    kind = "routers"

    @abstractmethod
    def write(self, options: Options, scores: py.Expr) -> py.Expr:
        """The coefficients from scores [..., n]."""


def _softmax() -> Bound:
    word = find("routers", "softmax")
    assert word is not None
    return word.bind()


class GateOptions(Options):
    """The options of `gate(…)`: the router first, by place; `bias` adds b to ℓ = W s + b."""

    by_place: ClassVar[tuple[str, ...]] = ("router",)

    router: Annotated[Bound, OfKind("routers")] = Field(default_factory=_softmax)
    bias: bool = False
