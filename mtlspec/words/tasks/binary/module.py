"""The loss of a yes-or-no task, as it stands in emitted files."""

import torch
import torch.nn.functional as F
from torch import Tensor


def binary_error(logit: Tensor, label: Tensor) -> Tensor:
    """The cross entropy of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    present = ~torch.isnan(label)
    return F.binary_cross_entropy_with_logits(
        logit,
        torch.where(present, label, 0.0).expand_as(logit),
        weight=present.to(logit.dtype),
        reduction="none",
    )


def binary_error_of_prob(prob: Tensor, label: Tensor) -> Tensor:
    """The cross entropy of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    present = ~torch.isnan(label)
    target = torch.where(present, label, 0.0)
    p = prob.clamp(1e-12, 1 - 2**-24)  # float32's last number below 1
    error = -target * torch.log(p) - (1 - target) * torch.log1p(-p)
    return error * present
