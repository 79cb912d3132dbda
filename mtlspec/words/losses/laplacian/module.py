"""The penalty in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def laplacian(
    values: Tensor, ends: list[list[int]], weights: list[float], dim: tuple[int, ...]
) -> Tensor:
    """Σ aₛₜ‖W_s - W_t‖² over edges of [n, ...]; `dim` are the axes of one of them."""
    first, second = torch.tensor(ends, device=values.device).unbind(dim=1)
    apart = (values[first] - values[second]).square().sum(dim=dim)
    return torch.einsum("e,e...->...", apart.new_tensor(weights), apart)
