"""x / √(mean of x² + ε) along the last axis, scaled; ε is the precision of the numbers.

Zhang and Sennrich (NeurIPS 2019), eq. 4.
"""

import numpy as np

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array) -> Array:
    squared = (x**2).mean(axis=-1, keepdims=True)
    return x / np.sqrt(squared + np.finfo(x.dtype).eps) * weights["0.weight"]
