"""`pool`: the tokens of a row as one vector."""

from typing import ClassVar, Literal, cast

from mtlspec.words.tokens import TokenOp
from mtlspec.words.word import Options

How = Literal["mean", "sum", "max"]


class PoolOptions(Options):
    """`how`: the mean of the tokens, their sum, or the largest of each number."""

    by_place: ClassVar[tuple[str, ...]] = ("how",)

    how: How = "mean"


class Pool(TokenOp):
    """The mean, sum or maximum of a row's tokens; 0 for a row without any.

    Example:
        let taste = bought -> linear(16) -> pool(max)
    """

    takes_options = PoolOptions
    signature = "f32[L, d] -> f32[d]"

    def needs(self, options: Options) -> tuple[str, ...]:
        return (function(cast("PoolOptions", options).how),)


def function(how: How) -> str:
    """The function of `module.py` that pools so."""
    return f"pool_{how}"


WORD = Pool()
