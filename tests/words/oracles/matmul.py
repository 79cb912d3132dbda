"""y = x W."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array, w: Array) -> Array:
    """[…, a] and [a, b] -> […, b]: yⱼ = Σᵢ xᵢ wᵢⱼ."""
    y = np.zeros((*x.shape[:-1], w.shape[1]))
    for j in range(w.shape[1]):
        for i in range(w.shape[0]):
            y[..., j] += x[..., i] * w[i, j]
    return y
