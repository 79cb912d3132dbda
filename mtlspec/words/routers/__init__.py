"""Routers: how the scores of a mix become its coefficients."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.registry import find
from mtlspec.words.word import Bound, ConditionOption, OfKind, Options, Word

Per = Literal["scalar", "channel", "matrix"]
"""What a coefficient is: a number, a number per channel, a matrix."""

PERTURBED = "perturbed"
"""The scores as `perturb` leaves them."""

NOTHING = 1e-12
"""What stands for a coefficient of 0 where scores are logarithms."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores that a router reads, for one member: `count` numbers, however many candidates.

    The main ones have no `name`. `weight` says how a gate's W for them begins, `start` how a
    stitch's ℓ does; None leaves W to PyTorch's Linear, and ℓ to the coefficients asked for.
    """

    name: str
    count: int
    weight: Bound | None = None
    start: Bound | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a router does not fit a mix, and what to do about it."""

    why: str
    instead: str


class Router(Word):
    """A router a = router(ℓ)."""

    kind = "routers"
    used = "`gate({}) g = a, b by x`"
    functions: ClassVar[tuple[str, ...]] = ()
    """The functions of its `module.py` that emitted files need."""
    borrows: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Functions of other words that these need: the word's module, and the name."""
    draws: ClassVar[bool] = False
    """Whether it draws random numbers, so that members may not share one result."""
    alone: ClassVar[bool] = False
    """Whether a single candidate gets 1, whatever its score."""
    compares: ClassVar[bool] = True
    """Whether a coefficient depends on the scores of other candidates."""
    names: ClassVar[tuple[str, ...]] = ()
    """The names of the scores that it reads beside the main ones."""
    quantities: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What losses may read of its mixes: names of scores, or `PERTURBED`, by what they are."""

    def reads(self, options: Options, count: int) -> tuple[Scores, ...]:
        """The scores that it reads, for `count` candidates."""
        del options
        return (Scores("", count),)

    def misfit(self, options: Options, count: int, *, by_row: bool) -> Misfit | None:
        """Why it cannot weigh `count` candidates; `by_row`: whether scores differ by row."""
        del options, count, by_row
        return None

    def before(self, options: Options) -> Bound | None:
        """An op that a gate's selector goes through before W."""
        del options
        return None

    def perturb(self, options: Options) -> Bound | None:
        """An op that makes one value of the scores that are read, before they are routed."""
        del options
        return None

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        """Scores that give these coefficients; None where there are none."""
        del options, coefficients
        return None

    def needs(self, options: Options) -> tuple[str, ...]:
        """The functions of its `module.py` that an emitted file needs."""
        del options
        return self.functions

    def copies(self, options: Options) -> tuple[tuple[str, str], ...]:
        """All functions that emitted files need, each with its module."""
        return (*((self.module, name) for name in self.needs(options)), *self.borrows)

    @abstractmethod
    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        """`count` coefficients from what `reads` names, or `perturb` makes of it, along an axis."""


def _router(name: str) -> Bound:
    word = find("routers", name)
    assert word is not None
    return word.bind()


class MixOptions(Options):
    """What gates and stitches have in common: the router first, by place.

    `router`: what makes coefficients of scores. `per`: whether a coefficient is a number, one
    number per channel, or a matrix. `init`: the coefficients at the start, `own(0.9)`, `last(0.9)`,
    `even`, `uniform(b)`, a number, or all of them. `lr`: a factor on the learning rate of what
    makes the scores.
    """

    by_place: ClassVar[tuple[str, ...]] = ("router",)

    router: Annotated[Bound, OfKind("routers")]
    per: Per = "scalar"
    init: ConditionOption | None = None
    lr: float = Field(default=1.0, gt=0)


class GateOptions(MixOptions):
    """The options of `gate(…)`; `bias` adds b to ℓ = W s + b, as `init` does by itself."""

    router: Annotated[Bound, OfKind("routers")] = Field(default_factory=lambda: _router("softmax"))
    bias: bool | None = None


class StitchOptions(MixOptions):
    """The options of `stitch(…)`."""

    router: Annotated[Bound, OfKind("routers")] = Field(default_factory=lambda: _router("free"))


def logarithms(coefficients: Sequence[float]) -> Sequence[float] | None:
    """Scores whose softmax gives these coefficients, if they are shares of one."""
    shares = min(coefficients) >= 0 and abs(sum(coefficients) - 1) < 1e-6
    return [log(max(share, NOTHING)) for share in coefficients] if shares else None
