"""The proximal map in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor


def lessen_rank(matrix: Tensor, step: float) -> Tensor:
    """[..., in, out] with each singular value less by `step`, down to 0."""
    left, values, right = torch.svd(matrix)
    kept = (values - step).clamp(min=0)
    return torch.matmul(left * kept.unsqueeze(-2), right.mT)
