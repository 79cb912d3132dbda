"""`clip`: numbers kept between two bounds."""

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field, ValidationInfo, field_validator

from mtlspec import pysource as py
from mtlspec.words.ops import SAME, Op
from mtlspec.words.word import Options


class ClipOptions(Options):
    """`low` and `high`: the bounds, at least one of them."""

    by_place: ClassVar[tuple[str, ...]] = ("low", "high")

    low: float | None = None
    high: float | None = Field(default=None, validate_default=True)

    @field_validator("high")
    @classmethod
    def _above(cls, high: float | None, info: ValidationInfo) -> float | None:
        low: float | None = info.data.get("low")
        if high is None and low is None:
            raise ValueError("a number where `low` is not given")
        if high is not None and low is not None and high < low:
            raise ValueError(f"a number from {low:g}, which is `low`")
        return high


class Clip(Op):
    """min(max(x, low), high), number by number; what is outside has no gradient.

    Example:
        let rate = score -> clip(-10, 10) -> exp
    """

    also = ("clamp",)
    takes_options = ClipOptions
    signature = SAME

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        read = cast("ClipOptions", options)
        bounds = {"min": read.low, "max": read.high}
        named = {key: py.Constant(bound) for key, bound in bounds.items() if bound is not None}
        return py.call("torch.clamp", *values, **named)


WORD = Clip()
