"""The drawing in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def signs_(tensor: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Fills an array with 1 and -1."""
    with torch.no_grad():
        return tensor.bernoulli_(0.5, generator=generator).mul_(2).sub_(1)
