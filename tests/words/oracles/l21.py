"""Σⱼ‖Wⱼ‖₂ over the input rows of matrices side by side, and its proximal map.

Obozinski, Taskar and Jordan (Statistics and Computing 2010); Argyriou et al. (NeurIPS 2006), eq. 3.
"""

import numpy as np

from tests.words.oracles import Array


def value(*matrices: Array) -> float:
    """Matrices [d, nᵢ] -> the sum over the d rows of [W₁ … W_T] of their lengths."""
    rows = np.concatenate(matrices, axis=1)
    return float(sum(np.sqrt((row**2).sum()) for row in rows))


def prox(matrix: Array, step: float) -> Array:
    """Each row is shortened by `step`; one that is no longer than that becomes 0."""
    result = np.zeros_like(matrix)
    for place, row in enumerate(matrix):
        length = np.sqrt((row**2).sum())
        if length > step:
            result[place] = row * (1 - step / length)
    return result
