"""A lowering of a bank of linear layers; copied into emitted files."""

import torch
from torch import Tensor

from mtlspec.emit.lowerings.linears import Linears


class GroupedLinear(Linears):
    """Groups of members read one value each: [groups, B, in] -> [members, B, out]."""

    def forward(self, x: Tensor) -> Tensor:
        members, outs, ins = self.weight.shape
        groups, rows, _ = x.shape
        y = torch.bmm(x, self.weight.reshape(groups, -1, ins).transpose(1, 2))
        y = y.reshape(groups, rows, -1, outs).transpose(1, 2)  # [groups, n, B, out]
        y = y.reshape(members, rows, outs)
        return y if self.bias is None else y + self.bias.unsqueeze(1)
