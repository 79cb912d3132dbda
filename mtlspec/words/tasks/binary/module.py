"""The loss of a yes-or-no task, as it stands in emitted files."""

import torch
import torch.nn.functional as F
from torch import Tensor


def binary_loss(logit: Tensor, label: Tensor) -> Tensor:
    """The mean cross entropy of [B, 1] over the rows with a label (NaN: none), or 0."""
    present = ~torch.isnan(label)
    target = torch.where(present, label, 0.0)
    each = F.binary_cross_entropy_with_logits(
        logit, target, weight=present.to(logit.dtype), reduction="sum"
    )
    return each / present.sum().clamp(min=1)
