"""The loss of several yes-or-no answers, as it stands in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def labels_error(logit: Tensor, label: Tensor) -> Tensor:
    """The mean cross entropy of a row's known labels: [..., B, k] -> [..., B, 1]."""
    known = ~torch.isnan(label)
    target = torch.where(known, label, 0.0).expand_as(logit)
    error = F.binary_cross_entropy_with_logits(logit, target, reduction="none")
    count = known.sum(dim=-1, keepdim=True).clamp(min=1)
    return (error * known).sum(dim=-1, keepdim=True) / count


def labels_error_of_probs(prob: Tensor, label: Tensor) -> Tensor:
    """The mean cross entropy of a row's known labels: [..., B, k] -> [..., B, 1]."""
    known = ~torch.isnan(label)
    target = torch.where(known, label, 0.0)
    p = prob.clamp(1e-12, 1 - 2**-24)  # float32's last number below 1
    error = -target * torch.log(p) - (1 - target) * torch.log1p(-p)
    count = known.sum(dim=-1, keepdim=True).clamp(min=1)
    return (error * known).sum(dim=-1, keepdim=True) / count
