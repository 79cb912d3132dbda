"""A convolution over tokens: k of them around each, what is outside of the row or padded being 0.

y_t = b + Σ_j W_j x_(t + j - ⌊(k - 1) / 2⌋), with W_j the j-th slice [n, d] of the weight [n, d, k].
"""

import numpy as np

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array, mask: Array) -> Array:
    """[B, L, d] and a mask [B, L] -> [B, L, n]."""
    w, b = weights["0.weight"], weights["0.bias"]
    count, before = w.shape[-1], (w.shape[-1] - 1) // 2
    result = np.zeros((*x.shape[:2], len(b))) + b
    for row, kept in enumerate(mask):
        for t in range(x.shape[1]):
            for j in range(count):
                place = t + j - before
                if 0 <= place < x.shape[1] and kept[place]:
                    result[row, t] += w[..., j] @ x[row, place]
    return result
