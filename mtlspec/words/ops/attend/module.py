"""Attention; copied into emitted files."""

import torch
from torch import Tensor


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, heads: int = 1) -> Tensor:
    """softmax(q·k / √d) v over the tokens in the mask [B, L], or 0.

    [..., B, T, d], [..., B, L, d] and [..., B, L, e] -> [..., B, T, e]
    """
    q, k, v = (x.reshape(*x.shape[:-1], heads, -1).transpose(-2, -3) for x in (q, k, v))
    kept = mask[:, None, None]  # [B, 1, 1, L]
    scores = q @ k.mT / q.shape[-1] ** 0.5  # [..., B, heads, T, L]
    scores = torch.where(kept, scores, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1) * kept
    found = weights @ torch.where(kept.mT, v, 0.0)  # [..., B, heads, T, e / heads]
    return found.transpose(-2, -3).flatten(-2)
