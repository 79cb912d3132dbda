"""Learned positions in PyTorch, as they stand in emitted files."""

import torch
from torch import Tensor, nn


class Positions(nn.Module):
    """A learned vector for each place, added: [..., B, L, d] -> [..., B, L, d]."""

    def __init__(self, *members: int, length: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(*members, length, width))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight.unsqueeze(-3)
