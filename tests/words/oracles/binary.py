"""A yes-or-no task: the binary cross entropy of a logit, over the rows that have a label."""

import numpy as np

from tests.words.oracles import Array, sigmoid


def loss(logits: Array, labels: Array) -> float:
    """[B, 1], [B, 1] -> the mean over labelled rows, 0 where there is none; NaN is no label.

    -y log σ(z) - (1 - y) log(1 - σ(z)), where -log σ(z) = log(1 + exp(-z)).
    """
    present = ~np.isnan(labels)
    if not present.any():
        return 0.0
    z, y = logits[present], labels[present]
    each = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    return float(each.mean())


def serve(logits: Array) -> Array:
    """[B, 1] -> [B, 1]: the probability of a yes."""
    return sigmoid.forward(logits)
