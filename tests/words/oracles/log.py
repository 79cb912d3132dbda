"""The natural logarithm: -inf at 0, no number (NaN) below."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)
