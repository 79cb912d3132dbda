"""`buckets(n)`: which of `n` intervals a number lies in, as n numbers of which one is 1.

With at most n distinct values in the training rows each value starts a bucket. Else the buckets lie
between n + 1 quantiles of the values, found as the edges of `piecewise(n)` are; the first and the
last are open to the outside. A number on the edge of two buckets belongs to the upper one.

    features {
        age : numeric(buckets(8))
    }
"""

from typing import ClassVar, cast

from pydantic import Field

from mtlspec.words import word
from mtlspec.words.encodings import Encoding


class BucketsOptions(word.Options):
    """`n` is the number of buckets."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)
    n: int = Field(ge=1)


class Buckets(Encoding):
    """One number of n is 1, by quantile buckets."""

    takes_options = BucketsOptions

    def width(self, options: word.Options) -> int:
        return cast("BucketsOptions", options).n


WORD = Buckets()
