"""Scores with noise of learned size, of which the k largest are kept; which candidates are used.

Shazeer et al. (ICLR 2017), eq. 3-5; appendix A, eq. 8-10, for the load.
"""

import math

import numpy as np

from tests.words.oracles import Array, top


def noisy(scores: Array, noise: Array, draws: Array | None = None) -> Array:
    """H = ℓ + ε · softplus(ν); `draws` are those of N(0, 1), without them the model serves."""
    return scores.copy() if draws is None else scores + draws * np.logaddexp(0, noise)


def coefficients(scores: Array, noise: Array, *, k: int, draws: Array | None = None) -> Array:
    """[…, n] and […, n] -> […, n]."""
    return top.coefficients(noisy(scores, noise, draws), k=k)


def load(scores: Array, noise: Array, h: Array, *, k: int) -> Array:
    """[B, n] three times -> [n]: Σ over rows of the probability to be kept if the noise of this
    candidate alone were drawn again, Φ((ℓᵢ - the k-th largest of the other H) / softplus(νᵢ))."""
    rows, n = scores.shape
    found = np.zeros(n)
    for row in range(rows):
        for i in range(n):
            others = sorted((h[row, j] for j in range(n) if j != i), reverse=True)
            z = (scores[row, i] - others[k - 1]) / np.logaddexp(0, noise[row, i])
            found[i] += 0.5 * (1 + math.erf(z / math.sqrt(2)))
    return found
