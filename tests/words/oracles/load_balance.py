"""n Σ fᵢ Pᵢ. Fedus et al. (JMLR 2022, Switch), eq. 4-6, without its factor α."""

import numpy as np

from tests.words.oracles import Array, softmax


def value(scores: Array) -> float:
    """[B, n] -> 1 where all are chosen alike, more otherwise."""
    rows, n = scores.shape
    first = np.zeros(n)
    for row in scores:
        first[int(np.argmax(row))] += 1 / rows
    return float(n * (first * softmax.coefficients(scores).mean(axis=0)).sum())
