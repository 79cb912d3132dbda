"""A zero-inflated lognormal value, as it stands in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def lognormal_error(prediction: Tensor, label: Tensor) -> Tensor:
    """The loss of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    logit, mean, spread = torch.chunk(prediction, 3, dim=-1)
    deviation = F.softplus(spread).clamp(min=1e-7**0.5)
    buys = (label > 0).to(logit.dtype)
    target = buys.expand_as(logit)
    entropy = F.binary_cross_entropy_with_logits(logit, target, reduction="none")
    log_value = torch.log(torch.where(label > 0, label, 1.0))
    density = log_value + torch.log(deviation * (2 * torch.pi) ** 0.5)
    density = density + ((log_value - mean) / deviation).square() / 2
    return torch.where(torch.isnan(label), 0.0, entropy + buys * density)


def lognormal_mean(prediction: Tensor) -> Tensor:
    """The expected value of each row: [..., B, 3] -> [..., B, 1]."""
    logit, mean, spread = torch.chunk(prediction, 3, dim=-1)
    deviation = F.softplus(spread).clamp(min=1e-7**0.5)
    return torch.sigmoid(logit) * torch.exp(mean + deviation.square() / 2)
