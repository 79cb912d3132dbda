"""The cosine of the angle between two vectors: x·y / (‖x‖ ‖y‖), 0 where one is 0."""

import numpy as np

from tests.words.oracles import Array


def value(x: Array, y: Array) -> Array:
    """[B, d] and [B, d] -> [B, 1]."""
    found = np.zeros((len(x), 1))
    for row in range(len(x)):
        lengths = np.sqrt((x[row] ** 2).sum() * (y[row] ** 2).sum())
        if lengths > 0:
            found[row] = (x[row] * y[row]).sum() / lengths
    return found
