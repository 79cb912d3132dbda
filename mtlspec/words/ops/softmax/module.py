"""Softmax over the tokens of a row; copied into emitted files."""

import torch
from torch import Tensor


def softmax_tokens(x: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the tokens in the mask [B, L], 0 outside: [..., B, L, d]."""
    kept = mask.unsqueeze(-1)
    x = torch.where(kept, x, torch.finfo(x.dtype).min)
    return torch.softmax(x, dim=-2) * kept
