"""The router `hard_concrete` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def hard_concrete(
    log_alpha: Tensor, beta: float, zeta: float, gamma: float, training: bool
) -> Tensor:
    """A sigmoid stretched to gamma..zeta and cut to 0..1; in training with noise."""
    s = log_alpha
    if training:
        u = torch.empty_like(s).uniform_(1e-6, 1 - 1e-6)
        s = (torch.logit(u) + log_alpha) / beta
    return (torch.sigmoid(s) * (zeta - gamma) + gamma).clamp(0, 1)
