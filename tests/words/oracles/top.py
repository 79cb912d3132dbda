"""The k largest scores get a softmax, the others 0; a candidate may take so many rows and no more.

Fedus et al. (JMLR 2022, Switch), section 2.1, eq. 1-2 with k = 1 (there over all candidates);
section 2.2, eq. 3: expert capacity.
"""

from math import ceil

import numpy as np

from tests.words.oracles import Array, softmax


def coefficients(scores: Array, *, k: int, renormalise: bool = True) -> Array:
    """[…, n] -> […, n]; of equal scores the first ones are kept."""
    found = np.zeros_like(scores)
    for place in np.ndindex(scores.shape[:-1]):
        row = scores[place]
        kept = sorted(range(len(row)), key=lambda i: (-row[i], i))[:k]
        if renormalise:
            found[place][kept] = softmax.coefficients(row[kept])
        else:
            found[place][kept] = softmax.coefficients(row)[kept]
    return found


def within_capacity(weights: Array, *, k: int, capacity: float) -> Array:
    """[B, n] -> [B, n]: of the rows that chose a candidate the first ⌈capacity · k · B / n⌉."""
    rows, count = weights.shape
    most = ceil(capacity * k * rows / count)
    found = weights.copy()
    for candidate in range(count):
        chose = [row for row in range(rows) if weights[row, candidate] > 0]
        found[chose[most:], candidate] = 0
    return found
