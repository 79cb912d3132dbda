"""(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small)
