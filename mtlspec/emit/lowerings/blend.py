"""The weighing of candidates by learned numbers; copied into emitted files."""

from torch import Tensor


def blend(weights: Tensor, values: Tensor) -> Tensor:
    """The weighted sum of n values: [..., n, 1|d] and [..., n, B, d] -> [..., B, d]."""
    return (weights.unsqueeze(-2) * values).sum(dim=-3)
