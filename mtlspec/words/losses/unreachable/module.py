"""What selectors give away, in PyTorch, as it stands in emitted files."""

from torch import Tensor


def unreachable(chosen: Tensor) -> Tensor:
    """The sum of 1 / Σ p over k selectors: [..., k, n] -> [...]."""
    return (1 / chosen.sum(dim=-1)).sum(dim=-1)
