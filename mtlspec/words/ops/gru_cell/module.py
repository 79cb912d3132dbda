"""Steps of gated recurrent units in PyTorch, as they stand in emitted files."""

import torch
from torch import Tensor, nn


class GruCells(nn.Module):
    """A step per member: [..., B, in] and [..., B, out] -> [members, B, out]."""

    def __init__(self, members: int, ins: int, outs: int) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(members, 3 * outs, ins))
        self.weight_hh = nn.Parameter(torch.empty(members, 3 * outs, outs))
        self.bias_ih = nn.Parameter(torch.empty(members, 3 * outs))
        self.bias_hh = nn.Parameter(torch.empty(members, 3 * outs))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(outs**-0.5), outs**-0.5)

    def forward(self, x: Tensor, state: Tensor) -> Tensor:
        given = x @ self.weight_ih.mT + self.bias_ih.unsqueeze(-2)
        kept = state @ self.weight_hh.mT + self.bias_hh.unsqueeze(-2)
        reset_x, update_x, new_x = given.chunk(3, dim=-1)
        reset_h, update_h, new_h = kept.chunk(3, dim=-1)
        update = torch.sigmoid(update_x + update_h)
        new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
        return (1 - update) * new + update * state
