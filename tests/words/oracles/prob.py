"""A probability of a logit, σ(z); what is a probability already stays as it is."""

from tests.words.oracles import Array, sigmoid, softmax


def forward(z: Array, of: str = "plain") -> Array:
    """[…] -> […]; of classes' logits the last axis sums to 1."""
    if of == "logit":
        return sigmoid.forward(z)
    return softmax.forward(z) if of == "logits" else z


def both(p: Array, q: Array) -> Array:
    """`p * q`: the probability that both happen, if they are independent."""
    return p * q


def neither_nor(p: Array) -> Array:
    """`1 - p`."""
    return 1 - p


def either(p: Array, q: Array) -> Array:
    """`p + q`, at most 1."""
    return (p + q).clip(max=1)
