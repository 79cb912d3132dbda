"""A value that is a prediction already: no number changes, and a head of it adds no layer."""

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    """[…] -> […]."""
    return x
