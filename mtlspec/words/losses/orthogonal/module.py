"""The penalty in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def orthogonal(first: Tensor, second: Tensor) -> Tensor:
    """The squared Frobenius norm of AᵀB: [..., a, b] and [..., a, c] -> [...]."""
    product = torch.matmul(first.transpose(-2, -1), second)
    return product.square().sum(dim=(-2, -1))
