"""Σ|w| over the numbers of all matrices, and its proximal map, soft thresholding.

Tibshirani (JRSS B 1996); the map as in Parikh and Boyd, Proximal Algorithms (2014), section 6.5.2.
"""

import numpy as np

from tests.words.oracles import Array


def value(*matrices: Array) -> float:
    return float(sum(abs(number) for matrix in matrices for number in matrix.ravel()))


def prox(matrix: Array, step: float) -> Array:
    """argmin_V step·Σ|v| + ½‖V - W‖²: each number moves towards 0 by `step`, and stops there."""
    return np.sign(matrix) * np.maximum(np.abs(matrix) - step, 0)
