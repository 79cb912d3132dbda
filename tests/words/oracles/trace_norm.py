"""Σσᵢ, the sum of the singular values of matrices side by side, and its proximal map.

Pong, Tseng, Ji and Ye (SIAM J. Optim. 2010); the map: Cai, Candès and Shen (SIAM J. Optim. 2010),
theorem 2.1.
"""

import numpy as np

from tests.words.oracles import Array


def value(*matrices: Array) -> float:
    """Matrices [d, nᵢ] -> the trace of (WᵀW)^½ with W = [W₁ … W_T]."""
    joined = np.concatenate(matrices, axis=1)
    squared = np.linalg.eigvalsh(joined @ joined.T)
    return float(np.sqrt(np.maximum(squared, 0)).sum())


def prox(matrix: Array, step: float) -> Array:
    """Each singular value is lessened by `step`, down to 0."""
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    return left @ np.diag(np.maximum(values - step, 0)) @ right
