"""Grades, as they stand in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def grade_error(logit: Tensor, label: Tensor) -> Tensor:
    """The loss of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    steps = torch.arange(logit.shape[-1], device=logit.device)
    above = (label > steps).to(logit.dtype).expand_as(logit)
    error = F.binary_cross_entropy_with_logits(logit, above, reduction="none")
    return error.sum(dim=-1, keepdim=True) * ~torch.isnan(label)


def grade_probs(logit: Tensor) -> Tensor:
    """The probability of each grade: [..., B, steps] -> [..., B, steps + 1]."""
    above = torch.sigmoid(logit)
    at_least = torch.cat([torch.ones_like(above[..., :1]), above], dim=-1)
    next_one = torch.cat([above, torch.zeros_like(above[..., :1])], dim=-1)
    kept = (at_least - next_one).clamp(min=0.0)
    return kept / kept.sum(dim=-1, keepdim=True)
