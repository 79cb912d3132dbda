"""Quantile buckets: which of n intervals a number lies in, as n numbers of which one is 1.

With at most n distinct training values each starts a bucket of its own. Else the buckets lie
between the n + 1 edges of the piecewise linear encoding (`piecewise.fit`), the first and the last
open to the outside. A number on the edge of two belongs to the upper one.
"""

from dataclasses import dataclass

import numpy as np

from tests.words.oracles import Array, piecewise


@dataclass(frozen=True)
class Fitted:
    buckets: int
    starts: tuple[float, ...]
    """Where the second bucket starts, the third, …: at most `buckets` - 1."""


def fit(train: Array, n: int) -> Fitted:
    """The starts from [N, 1] training values."""
    distinct = np.unique(train[:, 0].astype(np.float32).astype(np.float64))
    if len(distinct) <= n:
        return Fitted(n, tuple(distinct[1:].tolist()))
    return Fitted(n, piecewise.fit(train, n).edges[1:-1])


def encode(fitted: Fitted, x: Array) -> Array:
    """[N, 1] -> [N, n]."""
    result = np.zeros((len(x), fitted.buckets))
    for row, number in enumerate(x[:, 0]):
        place = 0
        while place < len(fitted.starts) and number >= fitted.starts[place]:
            place += 1
        result[row, place] = 1
    return result
