"""Piecewise linear encoding (Gorishniy et al., NeurIPS 2022, section 3.2, eq. 1), quantile bins.

Edges e_0 < e_1 < … are fitted on the training values v, rounded to float32 and without nulls:

1. If v has at most n + 1 distinct values, these are the edges.
2. Else they are the quantiles of v at 0, 1/n, 2/n, …, 1 (NumPy's method `linear`, computed in
   float64 and rounded to float32), without duplicates.
3. Are there fewer than n + 1 then, because one value takes many rows, the quantiles at the same
   places of the *distinct* values are gone through from the lowest to the highest, and each that
   is not an edge yet becomes one until there are n + 1. The edges are sorted.

Bin j of a value x is clip((x - e_j) / (e_{j+1} - e_j), 0, 1). Unlike in the paper the first and
the last bin are clipped on the outside too. With fewer than n + 1 edges the last columns are 0.
"""

from dataclasses import dataclass

import numpy as np

from tests.words.oracles import Array


@dataclass(frozen=True)
class Fitted:
    bins: int
    edges: tuple[float, ...]
    """At most `bins` + 1, rising, each a float32."""


def fit(train: Array, n: int) -> Fitted:
    """The edges from [N, 1] training values."""
    values = train[:, 0].astype(np.float32).astype(np.float64)
    distinct = np.unique(values)
    if len(distinct) <= n + 1:
        return Fitted(n, tuple(distinct.tolist()))
    edges = set(_quantiles(values, n))
    for candidate in _quantiles(distinct, n):
        if len(edges) == n + 1:
            break
        edges.add(candidate)
    return Fitted(n, tuple(sorted(edges)))


def _quantiles(values: Array, n: int) -> list[float]:
    """Those at n + 1 even places, each between its two neighbours in the order of the values."""
    ordered = np.sort(values)
    found: list[float] = []
    for k in range(n + 1):
        place = k / n * (len(ordered) - 1)
        below = min(int(place), len(ordered) - 2)
        step = ordered[below + 1] - ordered[below]
        found.append(float(np.float32(ordered[below] + (place - below) * step)))
    return found


def encode(fitted: Fitted, x: Array) -> Array:
    """[N, 1] -> [N, n]."""
    result = np.zeros((len(x), fitted.bins))
    for j in range(len(fitted.edges) - 1):
        low, high = fitted.edges[j], fitted.edges[j + 1]
        result[:, j] = np.clip((x[:, 0] - low) / (high - low), 0, 1)
    return result
