"""One of several classes: the cross entropy of a softmax, over the rows that have a label."""

import numpy as np

from tests.words.oracles import Array, softmax


def loss(logits: Array, labels: Array) -> float:
    """[B, C], [B, 1] (places of classes from 0) -> the mean of -log p over labelled rows, or 0."""
    present = ~np.isnan(labels[:, 0])
    if not present.any():
        return 0.0
    z, y = logits[present], labels[present, 0].astype(int)
    largest = z.max(axis=1, keepdims=True)
    total = np.log(np.exp(z - largest).sum(axis=1)) + largest[:, 0]
    return float((total - z[np.arange(len(y)), y]).mean())


def serve(logits: Array) -> Array:
    """[B, C] -> [B, C]: the probability of each class."""
    return softmax.forward(logits)
