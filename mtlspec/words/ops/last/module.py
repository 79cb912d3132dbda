"""The last token; copied into emitted files."""

import torch
from torch import Tensor


def last_token(x: Tensor, mask: Tensor) -> Tensor:
    """The last token in the mask [B, L], or 0: [..., B, L, d] -> [..., B, d]."""
    count = mask.sum(dim=1, keepdim=True)  # [B, 1]
    place = (count - 1).clamp(min=0).unsqueeze(-1)  # [B, 1, 1]
    index = place.expand(*x.shape[:-2], 1, x.shape[-1])  # [..., B, 1, d]
    return torch.where(count > 0, x.gather(-2, index).squeeze(-2), 0.0)
