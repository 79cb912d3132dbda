"""A lowering of a bank of linear layers; copied into emitted files."""

from torch import Tensor
from torch.nn import functional as F

from mtlspec.emit.lowerings.linears import Linears


class WideLinear(Linears):
    """All members read one value: [B, in] -> [members, B, out]."""

    def forward(self, x: Tensor) -> Tensor:
        members, outs, _ = self.weight.shape
        bias = None if self.bias is None else self.bias.flatten()
        y = F.linear(x, self.weight.flatten(0, 1), bias)  # [B, members * out]
        return y.reshape(*x.shape[:-1], members, outs).movedim(-2, 0)
