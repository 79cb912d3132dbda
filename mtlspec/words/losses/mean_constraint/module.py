"""The penalty in PyTorch, as it stands in emitted files."""

from torch import Tensor


def mean_constraint(w: Tensor, dim: tuple[int, ...], squared: bool) -> Tensor:
    """How far [n, ...] are from their mean; `dim` are the axes of one of them."""
    away = (w - w.mean(dim=0)).square().sum(dim=dim)
    if not squared:
        away = away.clamp(min=1e-24).sqrt()
    return away.sum(dim=0)
