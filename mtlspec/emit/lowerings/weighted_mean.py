"""How the losses of rows become one, where rows have weights; copied into emitted files."""

import torch
from torch import Tensor


def weighted_mean(error: Tensor, label: Tensor, weight: Tensor) -> Tensor:
    """Σ w e / Σ w over rows with a label (NaN: none), or 0: [..., B, 1] -> [...]."""
    known = (~torch.isnan(label)).any(dim=-1, keepdim=True)
    counted = torch.where(known, weight, 0.0)
    total = counted.sum(dim=(-2, -1)).clamp(min=1e-12)
    return (counted * error).sum(dim=(-2, -1)) / total
