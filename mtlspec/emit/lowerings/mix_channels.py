"""The weighing of candidates channel by channel; copied into emitted files."""

from torch import Tensor


def mix_channels(weights: Tensor, values: Tensor) -> Tensor:
    """The weighted sum of n values: [..., B, n, d], [..., n, B, d] -> [..., B, d]."""
    return (weights.transpose(-2, -3) * values).sum(dim=-3)
