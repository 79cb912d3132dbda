"""`pool`: the tokens of a row as one vector."""

from collections.abc import Sequence
from typing import ClassVar, Literal, cast

from mtlspec import pysource as py
from mtlspec.words.ops import Op, Value
from mtlspec.words.word import Options

How = Literal["mean", "sum", "max"]


class PoolOptions(Options):
    """`how`: the mean of the tokens, their sum, or the largest of each number."""

    by_place: ClassVar[tuple[str, ...]] = ("how",)

    how: How = "mean"


class Pool(Op):
    """The mean, sum or maximum of a row's tokens; 0 for a row without any.

    Example:
        let taste = bought -> linear(16) -> pool(max)
    """

    takes_options = PoolOptions
    signature = "f32[L, d] -> f32[d]"
    lining = "own"

    def masked(self, options: Options) -> bool:
        del options
        return True

    def needs(self, options: Options) -> tuple[str, ...]:
        return (function(cast("PoolOptions", options).how),)

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        x, mask = values
        return py.call(function(cast("PoolOptions", options).how), x.expr, mask.expr)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("pooling is written by `write_values`")


def function(how: How) -> str:
    """The function of `module.py` that pools so."""
    return f"pool_{how}"


WORD = Pool()
