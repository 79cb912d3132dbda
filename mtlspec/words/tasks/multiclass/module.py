"""The loss of one of several classes, as it stands in emitted files."""

import torch
from torch import Tensor


def class_error(logits: Tensor, label: Tensor) -> Tensor:
    """The cross entropy of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    place = label.nan_to_num().long().expand(*logits.shape[:-1], 1)
    error = -torch.log_softmax(logits, dim=-1).gather(-1, place)
    return error * ~torch.isnan(label)


def class_error_of_probs(probs: Tensor, label: Tensor) -> Tensor:
    """The cross entropy of each row: [..., B, 1]; 0 where there is no label (NaN)."""
    place = label.nan_to_num().long().expand(*probs.shape[:-1], 1)
    error = -torch.log(probs.clamp(1e-12, 1.0)).gather(-1, place)
    return error * ~torch.isnan(label)
