"""eˣ, number by number."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(x)
