"""The balance of first choices in PyTorch, as it stands in emitted files."""

from torch import Tensor
from torch.nn import functional as F


def load_balance(scores: Tensor) -> Tensor:
    """n Σ f P over candidates: [..., B, n] -> [...], 1 where all are chosen alike."""
    n = scores.shape[-1]
    first = F.one_hot(scores.argmax(dim=-1), n).to(scores.dtype).mean(dim=-2)
    share = F.softmax(scores, dim=-1).mean(dim=-2)
    return n * (first * share).sum(dim=-1)
