"""The four signs, number by number: trailing axes align, 1 and missing axes are stretched."""

from collections.abc import Callable

import numpy as np

from tests.words.oracles import Array


def forward(sign: str, x: Array | float, y: Array | float) -> Array:
    """[B, …] and [B, …] -> [B, …]; either may be a number. Shapes leave the row axis out."""
    apply: Callable[[float, float], float] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
    }[sign]
    left, right = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    result = np.empty(left.shape)
    for place in np.ndindex(left.shape):
        result[place] = apply(float(left[place]), float(right[place]))
    return result
