"""Piecewise linear encoding: its edges, and its numbers."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from mtlspec.words.encodings.piecewise import PiecewiseOptions


class Fitted(BaseModel):
    """`edges` rise; they are float32 values, at most `n` + 1."""

    model_config = ConfigDict(frozen=True)
    n: int
    edges: tuple[float, ...]


def fit(values: NDArray[np.float32], options: PiecewiseOptions) -> Fitted:
    """The edges of float32 [N] without nulls."""
    edges = bin_edges(values, options.n)
    return Fitted(n=options.n, edges=tuple(float(edge) for edge in edges))


def bin_edges(values: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """The edges, at most n + 1, that part the values into bins of about equally many rows."""
    distinct = np.unique(values)
    if len(distinct) <= n + 1:
        return distinct
    return _fill_up(_quantiles(values, n), _quantiles(distinct, n))


def _quantiles(values: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """Those at n + 1 even places, computed in float64."""
    places = np.arange(n + 1) / n
    return np.quantile(values.astype(np.float64), places, method="linear").astype(np.float32)


def _fill_up(found: NDArray[np.float32], more: NDArray[np.float32]) -> NDArray[np.float32]:
    """The distinct ones of `found`, and of `more` from the lowest, until there are len(more)."""
    edges = np.unique(found)
    missing = np.setdiff1d(more, edges)[: len(more) - len(edges)]
    return np.sort(np.concatenate([edges, missing]))


def encode(values: NDArray[np.float32], fitted: Fitted) -> NDArray[np.float32]:
    """float32 [N] -> [N, n]."""
    edges = np.array(fitted.edges, dtype=np.float32)
    result = np.zeros((len(values), fitted.n), dtype=np.float32)
    if len(edges) > 1:
        inside = (values[:, None] - edges[:-1]) / (edges[1:] - edges[:-1])
        np.clip(inside, 0, 1, out=result[:, : len(edges) - 1])
    return result
