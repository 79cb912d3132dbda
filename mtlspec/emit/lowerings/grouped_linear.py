"""A lowering of a bank of linear layers; copied into emitted files."""

import torch
from torch import Tensor

from mtlspec.emit.lowerings.linears import Linears


class GroupedLinear(Linears):
    """Groups of members read one value each: [groups, B, in] -> [members, B, out]."""

    def forward(self, x: Tensor) -> Tensor:
        members, outs, ins = self.weight.shape
        groups, rows = x.shape[0], x.shape[1:-1]
        wide = self.weight.reshape(groups, -1, ins).transpose(1, 2)
        y = torch.bmm(x.flatten(1, -2), wide)  # [groups, B, n * out]
        y = y.reshape(groups, -1, members // groups, outs).transpose(1, 2)
        y = y.reshape(members, -1, outs)
        y = y if self.bias is None else y + self.bias.unsqueeze(1)
        return y.reshape(members, *rows, outs)
