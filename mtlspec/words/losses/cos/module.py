"""The loss in PyTorch, as it stands in emitted files."""

from torch import Tensor
from torch.nn import functional as F


def cos(x: Tensor, y: Tensor) -> Tensor:
    """The cosine between two vectors: [..., d] and [..., d] -> [..., 1]."""
    return F.cosine_similarity(x, y, dim=-1).unsqueeze(-1)
