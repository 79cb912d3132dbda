"""The loss of a count, as it stands in emitted files."""

import torch
from torch import Tensor


def count_error(log_rate: Tensor, label: Tensor) -> Tensor:
    """Poisson's loss of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    present = ~torch.isnan(label)
    error = torch.exp(log_rate) - torch.where(present, label, 0.0) * log_rate
    return torch.where(present, error, 0.0)
