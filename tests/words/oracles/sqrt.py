"""The square root: no number (NaN) below 0."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.sqrt(x)
