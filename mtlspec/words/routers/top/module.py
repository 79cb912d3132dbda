"""The router `top` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def top(scores: Tensor, k: int, dim: int, renormalise: bool = True) -> Tensor:
    """The softmax over the k largest scores, or of all scores at these; 0 elsewhere."""
    order = torch.sort(scores, dim=dim, descending=True).indices
    kept = torch.zeros_like(scores).scatter(dim, order.narrow(dim, 0, k), 1.0)
    if renormalise:
        return F.softmax(scores.masked_fill(kept == 0, -torch.inf), dim=dim)
    return kept * F.softmax(scores, dim=dim)


def within_capacity(weights: Tensor, most: float, dim: int, training: bool) -> Tensor:
    """In training each of n candidates takes the first most · B / n rows that chose it.

    Rows lie along the axis before that of the candidates; a row that is refused gets 0.
    """
    if not training:
        return weights
    rows, count = weights.shape[dim - 1], weights.shape[dim]
    place = (weights > 0).cumsum(dim=dim - 1)
    return weights * (place < most * rows / count + 1)
