"""Dropout as evaluated: the identity."""

from tests.words.oracles import Array


def forward(x: Array, p: float = 0.5) -> Array:
    assert 0 <= p < 1
    return x
