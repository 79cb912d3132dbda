"""The pooling of tokens; copied into emitted files."""

import torch
from torch import Tensor


def pool_mean(x: Tensor, mask: Tensor) -> Tensor:
    """The mean token in the mask [B, L], or 0: [..., B, L, d] -> [..., B, d]."""
    total = torch.where(mask.unsqueeze(-1), x, 0.0).sum(dim=-2)
    return total / mask.sum(dim=-1, keepdim=True).clamp(min=1)


def pool_sum(x: Tensor, mask: Tensor) -> Tensor:
    """The sum of the tokens in the mask [B, L]: [..., B, L, d] -> [..., B, d]."""
    return torch.where(mask.unsqueeze(-1), x, 0.0).sum(dim=-2)


def pool_max(x: Tensor, mask: Tensor) -> Tensor:
    """The largest token in the mask [B, L], or 0: [..., B, L, d] -> [..., B, d]."""
    largest = torch.where(mask.unsqueeze(-1), x, -torch.inf).amax(dim=-2)
    return torch.where(mask.any(dim=-1, keepdim=True), largest, 0.0)
