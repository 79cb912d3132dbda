"""The penalty and its proximal map in PyTorch, as they stand in emitted files."""

from torch import Tensor


def row_lengths(matrix: Tensor) -> Tensor:
    """The lengths of the rows of [..., in, out]; those of 0 have the gradient 0."""
    return matrix.square().sum(dim=-1).clamp(min=1e-24).sqrt()


def shorten_rows(matrix: Tensor, step: float) -> Tensor:
    """Each row of [..., in, out] shorter by `step`; those no longer than it are 0."""
    length = matrix.square().sum(dim=-1, keepdim=True).clamp(min=1e-24).sqrt()
    return matrix * (1 - step / length).clamp(min=0)
