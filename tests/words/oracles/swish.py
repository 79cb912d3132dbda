"""x σ(x) (Ramachandran et al. 2017, β = 1)."""

from tests.words.oracles import Array, sigmoid


def forward(x: Array) -> Array:
    return x * sigmoid.forward(x)
