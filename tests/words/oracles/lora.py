"""y = W x + b + (α / r) B A x.

Hu et al. (ICLR 2022), eq. 3: W and b are fixed, A is drawn and B begins at 0.
"""

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array, n: int, rank: int, alpha: float) -> Array:
    a, b = weights["1.weight"], weights["2.weight"]
    assert a.shape == (rank, x.shape[-1])
    assert b.shape == (n, rank)
    return x @ (weights["0.weight"] + alpha / rank * b @ a).T + weights["0.bias"]
