import torch
from torch import Tensor

from mtlspec.emit.lowerings.linears import Linears


class GroupedLinear(Linears):
    """Equal groups of members read one value each: [groups, B, in] -> [members, B, out]."""

    def forward(self, x: Tensor) -> Tensor:
        members, outputs, inputs = self.weight.shape
        groups = x.shape[0]
        y = torch.bmm(x, self.weight.reshape(groups, -1, inputs).transpose(1, 2))
        y = y.unflatten(-1, (members // groups, outputs)).movedim(2, 1).flatten(0, 1)
        return y if self.bias is None else y + self.bias.unsqueeze(1)
