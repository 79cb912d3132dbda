"""The loss in PyTorch, as it stands in emitted files."""

from torch import Tensor


def kl(p: Tensor, q: Tensor) -> Tensor:
    """How far the distributions q are from p: [..., d] and [..., d] -> [..., 1]."""
    apart = p.clamp(min=1e-12).log() - q.clamp(min=1e-12).log()
    return (p * apart).sum(dim=-1, keepdim=True)
