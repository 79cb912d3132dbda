"""The elementwise product of several values of one shape."""

from tests.words.oracles import Array


def forward(*values: Array) -> Array:
    total = values[0]
    for value in values[1:]:
        assert value.shape == total.shape
        total = total * value
    return total
