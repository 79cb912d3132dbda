"""The way back from matrices side by side; copied into emitted files."""

import torch
from torch import Tensor


def put_side_by_side(matrices: list[Tensor], joined: Tensor) -> None:
    """Sets each of the matrices [in, out] to its part of [in, sum of outs]."""
    outs = [matrix.shape[-1] for matrix in matrices]
    for matrix, part in zip(matrices, torch.split(joined, outs, dim=-1), strict=True):
        matrix.copy_(part)
