"""A gated recurrent unit in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor, nn


class Gru(nn.Module):
    """A gated recurrent unit over tokens: [..., B, L, in] -> [..., B, L, out]."""

    def __init__(self, ins: int, outs: int, *members: int) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(*members, 3 * outs, ins))
        self.weight_hh = nn.Parameter(torch.empty(*members, 3 * outs, outs))
        self.bias_ih = nn.Parameter(torch.empty(*members, 3 * outs))
        self.bias_hh = nn.Parameter(torch.empty(*members, 3 * outs))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(outs**-0.5), outs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        given = x @ self.weight_ih.mT.unsqueeze(-3) + self.bias_ih[..., None, None, :]
        state = torch.zeros_like(given[..., 0, : self.weight_hh.shape[-1]])
        states: list[Tensor] = []
        for token in given.unbind(dim=-2):  # [..., B, 3 * out]
            kept = state @ self.weight_hh.mT + self.bias_hh.unsqueeze(-2)
            reset_x, update_x, new_x = token.chunk(3, dim=-1)
            reset_h, update_h, new_h = kept.chunk(3, dim=-1)
            update = torch.sigmoid(update_x + update_h)
            new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
            state = (1 - update) * new + update * state
            states.append(state)
        return torch.stack(states, dim=-2)
