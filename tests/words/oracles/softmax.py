"""exp(xᵢ / T) / Σⱼ exp(xⱼ / T) over the last axis: the op (T = 1), and the router of a gate.

Or over the tokens of a row, for each number apart; padding gets 0.
"""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    return coefficients(x)


def coefficients(scores: Array, *, temperature: float = 1.0) -> Array:
    """[…, n] -> […, n]: what a gate of n candidates weighs them with."""
    scaled = scores / temperature
    grown = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def over_tokens(x: Array, mask: Array, temperature: float = 1.0) -> Array:
    """[B, L, d] and a mask [B, L] -> [B, L, d]."""
    result = np.zeros(x.shape)
    for row, kept in enumerate(mask):
        if kept.any():
            result[row][kept] = coefficients(x[row][kept].T, temperature=temperature).T
    return result
