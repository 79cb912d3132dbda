"""What belongs to several tasks, side by side; copied into emitted files."""

import torch
from torch import Tensor


def stacked(values: dict[str, Tensor], names: list[str]) -> Tensor:
    """The values of these tasks: [...] by name -> [tasks, ...]."""
    return torch.stack([values[name] for name in names])
