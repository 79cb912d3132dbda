"""A vector: the numbers of a list; a number that is null is the mean of its place in training."""

from collections.abc import Sequence

import numpy as np

from tests.words.oracles import Array

Row = Sequence[float | None] | None


def fit(train: Sequence[Row], n: int) -> Array:
    """The mean [n] of the numbers in each place; 0 where there is none."""
    means = np.zeros(n)
    for place in range(n):
        found = [row[place] for row in train if row is not None and row[place] is not None]
        if found:
            means[place] = np.mean([float(x) for x in found if x is not None])
    return means


def encode(means: Array, rows: Sequence[Row]) -> Array:
    """[N, n]."""
    result = np.tile(means, (len(rows), 1))
    for number, row in enumerate(rows):
        for place, value in enumerate(row or ()):
            if value is not None:
                result[number, place] = value
    return result
