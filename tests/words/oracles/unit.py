"""x / max(‖x‖₂, 1e-12) along the last axis: the zero vector stays zero."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    norm = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    return x / np.where(norm > 1e-12, norm, 1e-12)
