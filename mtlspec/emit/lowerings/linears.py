"""What the lowerings of a bank of linear layers have in common; copied into emitted files."""

import torch
from torch import nn


class Linears(nn.Module):
    """Linear layers side by side, one per member: weight [members, out, in]."""

    def __init__(self, members: int, ins: int, outs: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, outs, ins))
        self.bias = nn.Parameter(torch.empty(members, outs)) if bias else None
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(ins**-0.5), ins**-0.5)
