"""Periodic embeddings (Gorishniy et al., NeurIPS 2022, section 3.3, eq. 3).

Of a number x and learned frequencies c_1 … c_n:

    v = [2π c_1 x, …, 2π c_n x]
    Periodic(x) = concat[sin(v), cos(v)]

The paper brings numbers to a common scale before: here x is the z-score by the training rows.
"""

import numpy as np

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array) -> Array:
    """[B, 1] -> [B, 2n]; `weight` holds the n frequencies."""
    v = 2 * np.pi * weights["weight"][None, :] * x
    return np.concatenate([np.sin(v), np.cos(v)], axis=1)
