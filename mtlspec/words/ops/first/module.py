"""The first token; copied into emitted files."""

import torch
from torch import Tensor


def first_token(x: Tensor, mask: Tensor) -> Tensor:
    """The first token in the mask [B, L], or 0: [..., B, L, d] -> [..., B, d]."""
    return torch.where(mask[:, :1], x[..., 0, :], 0.0)
