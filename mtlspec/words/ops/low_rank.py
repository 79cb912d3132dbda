"""`low_rank`: a linear layer whose matrix is a product of two narrow ones."""

from collections.abc import Mapping
from typing import ClassVar, cast

from pydantic import Field

from mtlspec.words.ops import Chain, linear
from mtlspec.words.word import Bound, Options


class LowRankOptions(Options):
    """`n`: the outputs. `rank`: the width between the matrices. `bias`: whether b is learned."""

    by_place: ClassVar[tuple[str, ...]] = ("n", "rank")

    n: int = Field(ge=1)
    rank: int = Field(ge=1)
    bias: bool = True


class LowRank(Chain):
    """y = U Vᵀ x + b: a linear layer of rank at most `rank`.

    Example:
        layer h = features -> low_rank(256, 16)
    """

    takes_options = LowRankOptions
    signature = "f32[…, d] -> f32[…, n]"

    def letters(self, options: Options) -> Mapping[str, int]:
        return {"n": cast("LowRankOptions", options).n}

    def expand(self, options: Options) -> tuple[Bound, ...]:
        read = cast("LowRankOptions", options)
        narrow = linear.WORD.bind(n=read.rank, bias=False)
        return narrow, linear.WORD.bind(n=read.n, bias=read.bias)


WORD = LowRank()
