"""The z-score, by the mean and the standard deviation (of the population) of the training rows.

A column that is constant in training becomes 0 everywhere.
"""

from dataclasses import dataclass

import numpy as np

from tests.words.oracles import Array


@dataclass(frozen=True)
class Fitted:
    mean: Array
    """[k]."""

    std: Array
    """[k], divided by N, not by N - 1."""


def fit(train: Array) -> Fitted:
    """The statistics of [N, k] values without nulls; each column by itself."""
    if len(train) == 0:
        return Fitted(np.zeros(train.shape[1]), np.zeros(train.shape[1]))
    constant = train.min(axis=0) == train.max(axis=0)
    return Fitted(train.mean(axis=0), np.where(constant, 0.0, train.std(axis=0)))


def encode(fitted: Fitted, x: Array) -> Array:
    """[N, k] -> [N, k]."""
    result = np.zeros_like(x)
    for j in range(x.shape[1]):
        if fitted.std[j] > 0:
            result[:, j] = (x[:, j] - fitted.mean[j]) / fitted.std[j]
    return result
