"""Quantile buckets: where they start, and which one a number lies in."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from mtlspec.words.encodings.buckets import BucketsOptions
from mtlspec.words.encodings.piecewise.run import bin_edges


class Fitted(BaseModel):
    """`starts` is where the second bucket starts, the third, …: float32 values, at most n - 1."""

    model_config = ConfigDict(frozen=True)
    n: int
    starts: tuple[float, ...]


def fit(values: NDArray[np.float32], options: BucketsOptions) -> Fitted:
    """The starts of float32 [N] without nulls."""
    distinct = np.unique(values)
    few = len(distinct) <= options.n
    starts = distinct[1:] if few else bin_edges(values, options.n)[1:-1]
    return Fitted(n=options.n, starts=tuple(float(start) for start in starts))


def encode(values: NDArray[np.float32], fitted: Fitted) -> NDArray[np.float32]:
    """float32 [N] -> [N, n]."""
    starts = np.array(fitted.starts, dtype=np.float32)
    places = np.searchsorted(starts, values, side="right")
    return np.eye(fitted.n, dtype=np.float32)[places]
