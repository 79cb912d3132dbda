"""The penalty `l0` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def l0(log_alpha: Tensor, shift: float, axes: int) -> Tensor:
    """The expected number of coefficients that are not 0, over the last axes.

    `shift` is beta log(-gamma / zeta).
    """
    return torch.sigmoid(log_alpha - shift).flatten(-axes).sum(dim=-1)
