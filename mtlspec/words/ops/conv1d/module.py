"""A convolution over tokens in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Conv1d(nn.Module):
    """A layer of `count` tokens around each: [..., B, L, in] -> [..., B, L, out]."""

    def __init__(self, ins: int, outs: int, count: int, *members: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(*members, outs, ins, count))
        self.bias = nn.Parameter(torch.empty(*members, outs))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -((ins * count) ** -0.5), (ins * count) ** -0.5)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        length, count = x.shape[-2], self.weight.shape[-1]
        before = (count - 1) // 2
        x = torch.where(mask.unsqueeze(-1), x, 0.0)
        x = F.pad(x, (0, 0, before, count - 1 - before))
        around = torch.stack([x[..., j : j + length, :] for j in range(count)], dim=-1)
        weight = self.weight.flatten(-2).mT.unsqueeze(-3)
        return around.flatten(-2) @ weight + self.bias[..., None, None, :]
