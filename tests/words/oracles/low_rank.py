"""y = U Vᵀ x + b, with V of `rank` columns."""

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array, n: int, rank: int) -> Array:
    down, up = weights["0.weight"], weights["1.weight"]
    assert down.shape == (rank, x.shape[-1])
    assert up.shape == (n, rank)
    return x @ (up @ down).T + weights["1.bias"]
