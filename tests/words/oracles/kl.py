"""KL(p‖q) = Σᵢ pᵢ log(pᵢ / qᵢ) of two distributions; 0 log 0 is 0.

Kullback and Leibler (1951); in a logarithm no probability is below 1e-12.
"""

import numpy as np

from tests.words.oracles import Array


def value(p: Array, q: Array) -> Array:
    """[B, d] and [B, d] -> [B, 1]."""
    found = np.zeros((len(p), 1))
    for row in range(p.shape[0]):
        for place in range(p.shape[1]):
            known, guess = p[row, place], q[row, place]
            if known > 0:
                found[row] += known * (np.log(max(known, 1e-12)) - np.log(max(guess, 1e-12)))
    return found
