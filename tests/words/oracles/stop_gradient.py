"""The identity; nothing before it hears of the loss."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    return x


def gradient(above: Array) -> Array:
    """What reaches the value below, of the gradient above."""
    return np.zeros_like(above)
