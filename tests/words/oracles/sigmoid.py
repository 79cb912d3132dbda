"""1 / (1 + exp(-x)), without overflow on either side."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))
