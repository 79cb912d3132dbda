"""y = W x + b."""

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array, n: int, *, bias: bool = True) -> Array:
    """[…, d] -> […, n]; `0.weight` is [n, d], `0.bias` is [n]."""
    w = weights["0.weight"]
    assert w.shape == (n, x.shape[-1]), w.shape
    y = x @ w.T
    if not bias:
        assert "0.bias" not in weights
        return y
    assert weights["0.bias"].shape == (n,)
    return y + weights["0.bias"]
