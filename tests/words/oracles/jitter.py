"""In training x times factors near 1, each its own; else x.

Fedus et al. (JMLR 2022, Switch), section 2.4.
"""

from tests.words.oracles import Array


def forward(x: Array, epsilon: float, draws: Array | None = None) -> Array:
    """`draws` are numbers of 0..1, of the shape of x; without them the model serves."""
    return x.copy() if draws is None else x * (1 - epsilon + 2 * epsilon * draws)
