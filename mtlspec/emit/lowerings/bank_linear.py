"""A lowering of a bank of linear layers; copied into emitted files."""

import torch
from torch import Tensor

from mtlspec.emit.lowerings.linears import Linears


class BankLinear(Linears):
    """Each member has its own input: [members, B, in] -> [members, B, out]."""

    def forward(self, x: Tensor) -> Tensor:
        y = torch.bmm(x.flatten(1, -2), self.weight.transpose(1, 2))
        y = y if self.bias is None else y + self.bias.unsqueeze(1)
        return y.reshape(*x.shape[:-1], y.shape[-1])
