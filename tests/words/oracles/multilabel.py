"""Several yes-or-no answers of a row: the mean of their cross entropies, over those known."""

import numpy as np

from tests.words.oracles import Array, sigmoid


def loss(logits: Array, labels: Array) -> float:
    """[B, k], [B, k] -> the mean over rows with a known label of the mean over these, or 0."""
    known = ~np.isnan(labels)
    rows = known.any(axis=1)
    if not rows.any():
        return 0.0
    y = np.where(known, labels, 0.0)
    each = (y * np.logaddexp(0, -logits) + (1 - y) * np.logaddexp(0, logits)) * known
    return float((each[rows].sum(axis=1) / known[rows].sum(axis=1)).mean())


def serve(logits: Array) -> Array:
    """[B, k] -> [B, k]: the probability of each label."""
    return sigmoid.forward(logits)
