"""Grades: CORAL, Cao, Mirjalili and Raschka, Pattern Recognition Letters 2020, §3.3."""

import numpy as np

from tests.words.oracles import Array, sigmoid


def loss(logits: Array, labels: Array) -> float:
    """[B, n - 1], [B, 1] (places of grades from 0) -> the mean over labelled rows, or 0.

    Σ over k of the cross entropy of "the grade is above k", whose logit is wᵀx + b_k.
    """
    present = ~np.isnan(labels[:, 0])
    if not present.any():
        return 0.0
    z, y = logits[present], labels[present]
    above = y > np.arange(z.shape[1])
    each = np.where(above, np.logaddexp(0, -z), np.logaddexp(0, z))
    return float(each.sum(axis=1).mean())


def serve(logits: Array) -> Array:
    """[B, n - 1] -> [B, n]: P(k) = P(above k - 1) - P(above k), what is negative taken as 0."""
    above = sigmoid.forward(logits)
    one = np.ones((len(logits), 1))
    steps = np.hstack([one, above]) - np.hstack([above, 0 * one])
    kept = np.maximum(steps, 0)
    return kept / kept.sum(axis=1, keepdims=True)
