"""Attention of one query; copied into emitted files."""

import torch
from torch import Tensor


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """softmax(q·k / √d) v over the tokens in the mask [B, L], or 0.

    [..., B, d], [..., B, L, d] and [..., B, L, e] -> [..., B, e]
    """
    scores = (k @ q.unsqueeze(-1)).squeeze(-1) / q.shape[-1] ** 0.5  # [..., B, L]
    scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1) * mask
    return (weights.unsqueeze(-2) @ torch.where(mask.unsqueeze(-1), v, 0.0)).squeeze(-2)
