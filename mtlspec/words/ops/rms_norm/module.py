"""The norms of several members in PyTorch, as they stand in emitted files."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RMSNorms(nn.Module):
    """A norm of each row per member: [..., B, width] -> [members, B, width]."""

    def __init__(self, members: int, width: int, axes: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(members, width))
        self.shape = (members, *[1] * axes, width)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, x.shape[-1:]) * self.weight.view(self.shape)
