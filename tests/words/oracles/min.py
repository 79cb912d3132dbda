"""The least of several values of one shape, number by number."""

import numpy as np

from tests.words.oracles import Array


def forward(*values: Array) -> Array:
    found = values[0]
    for value in values[1:]:
        assert value.shape == found.shape
        found = np.where(value < found, value, found)
    return found
