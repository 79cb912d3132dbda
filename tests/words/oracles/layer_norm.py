"""(x - mean) / √(variance + 1e-5) along the last axis, scaled and shifted.

Ba, Kiros and Hinton (2016), eq. 4; the variance is that of the numbers themselves (over d).
"""

import numpy as np

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array) -> Array:
    away = x - x.mean(axis=-1, keepdims=True)
    variance = (away**2).mean(axis=-1, keepdims=True)
    return away / np.sqrt(variance + 1e-5) * weights["0.weight"] + weights["0.bias"]
