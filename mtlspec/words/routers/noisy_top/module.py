"""The noise of `noisy_top` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def noisy(scores: Tensor, noise: Tensor, training: bool) -> Tensor:
    """In training each score with normal noise of deviation softplus(noise)."""
    if not training:
        return scores
    return scores + torch.randn_like(scores) * F.softplus(noise)
