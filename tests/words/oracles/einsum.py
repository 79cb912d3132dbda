"""Sums of products over named axes."""

import numpy as np

from tests.words.oracles import Array


def forward(equation: str, *values: Array) -> Array:
    """Every index of the letters once: the products are summed where the result has no letter."""
    left, _, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    sizes: dict[str, int] = {}
    for letters, value in zip(terms, values, strict=True):
        sizes.update(zip(letters, value.shape, strict=True))
    total = np.zeros([sizes[x] for x in result])
    for index in np.ndindex(*sizes.values()):
        at = dict(zip(sizes, index, strict=True))
        factor = 1.0
        for letters, value in zip(terms, values, strict=True):
            factor *= value[tuple(at[x] for x in letters)]
        total[tuple(at[x] for x in result)] += factor
    return total
