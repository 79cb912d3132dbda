"""The identity, whose gradient is turned round and scaled.

Ganin and Lempitsky (ICML 2015), eqs. 16 and 17: R(x) = x, dR/dx = -λ I.
"""

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    return x


def gradient(above: Array, scale: float = 1.0) -> Array:
    """What reaches the value below, of the gradient above."""
    return -scale * above
