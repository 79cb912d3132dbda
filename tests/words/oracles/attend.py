"""Scaled dot-product attention of one query (Vaswani et al., NeurIPS 2017, eq. 1).

softmax(q·k / √d) v over the tokens of a row, without padding; 0 where there is none.
"""

import numpy as np

from tests.words.oracles import Array, softmax


def forward(q: Array, k: Array, v: Array, mask: Array) -> Array:
    """[B, d], [B, L, d], [B, L, e] and a mask [B, L] -> [B, e]."""
    result = np.zeros((len(q), v.shape[-1]))
    for row, kept in enumerate(mask):
        if kept.any():
            scores = k[row][kept] @ q[row] / np.sqrt(q.shape[-1])
            result[row] = softmax.coefficients(scores[None])[0] @ v[row][kept]
    return result
