"""The entropy of selectors in PyTorch, as it stands in emitted files."""

from torch import Tensor


def selector_entropy(chosen: Tensor) -> Tensor:
    """The sum of the entropies of k selectors: [..., k, n] -> [...]."""
    return -(chosen * (chosen + 1e-6).log()).sum(dim=(-2, -1))
