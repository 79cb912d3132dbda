"""Periodic embeddings in PyTorch, as they stand in emitted files."""

import torch
from torch import Tensor, nn


class Periodic(nn.Module):
    """Sines and cosines at n learned frequencies: [B, 1] -> [..., B, 2n]."""

    def __init__(self, *sizes: int, std: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(*sizes))
        nn.init.normal_(self.weight, std=std)

    def forward(self, x: Tensor) -> Tensor:
        v = 2 * torch.pi * self.weight.unsqueeze(-2) * x
        return torch.cat([v.sin(), v.cos()], dim=-1)
