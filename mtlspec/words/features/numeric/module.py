"""A number whose encoding learns, in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor, nn


def encoded(number: Tensor, encoding: nn.Module) -> Tensor:
    """Encodes all but the last column, which says null: [B, k] -> [..., B, k']."""
    x, null = number[:, :-1], number[:, -1:]
    y = encoding(x)
    return torch.cat([y, null.expand(*y.shape[:-1], 1)], dim=-1)
