"""The losses of a number, as they stand in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def squared_error(value: Tensor, label: Tensor) -> Tensor:
    """The squared error of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    return torch.where(torch.isnan(label), 0.0, value - label).square()


def absolute_error(value: Tensor, label: Tensor) -> Tensor:
    """The absolute error of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    return torch.where(torch.isnan(label), 0.0, value - label).abs()


def huber_error(value: Tensor, label: Tensor, delta: float) -> Tensor:
    """Huber's loss of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    off = torch.where(torch.isnan(label), 0.0, value - label)
    return F.huber_loss(off, torch.zeros_like(off), reduction="none", delta=delta)


def pinball_error(value: Tensor, label: Tensor, quantile: float) -> Tensor:
    """The pinball loss of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    off = torch.where(torch.isnan(label), 0.0, label - value)
    return torch.maximum(quantile * off, (quantile - 1) * off)
