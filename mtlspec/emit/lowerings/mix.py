"""The weighing of candidates; copied into emitted files."""

from torch import Tensor


def mix(weights: Tensor, values: Tensor) -> Tensor:
    """The weighted sum of n values: [..., B, n] and [..., n, B, d] -> [..., B, d]."""
    return (weights.transpose(-1, -2).unsqueeze(-1) * values).sum(dim=-3)
