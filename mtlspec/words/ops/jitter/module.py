"""The op `jitter` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def jitter(x: Tensor, epsilon: float, training: bool) -> Tensor:
    """In training each number times its own draw from U(1 - ε, 1 + ε)."""
    if not training:
        return x
    return x * torch.empty_like(x).uniform_(1 - epsilon, 1 + epsilon)
