import torch
from torch import nn


class Linears(nn.Module):
    """Linear layers side by side, one per member: weight [members, out, in]."""

    def __init__(self, members: int, inputs: int, outputs: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, outputs, inputs))
        self.bias = nn.Parameter(torch.empty(members, outputs)) if bias else None
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5)
