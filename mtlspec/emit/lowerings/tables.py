"""Tables of a family; copied into emitted files."""

import torch
from torch import Tensor, nn


class Tables(nn.Module):
    """A table of vectors per member, side by side: ids [B] -> [members, B, width]."""

    def __init__(self, members: int, rows: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, rows, width))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, ids: Tensor) -> Tensor:
        return self.weight[:, ids]
