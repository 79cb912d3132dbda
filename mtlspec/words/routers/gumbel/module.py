"""The router `gumbel` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def gumbel(scores: Tensor, tau: float, dim: int, training: bool) -> Tensor:
    """The softmax of scores / tau; in training scores have noise from Gumbel(0, 1)."""
    if training:  # minus the logarithm of an exponential draw is one of Gumbel(0, 1)
        scores = scores - torch.empty_like(scores).exponential_().log()
    return F.softmax(scores / tau, dim=dim)
