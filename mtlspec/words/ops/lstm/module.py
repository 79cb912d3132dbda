"""Long short-term memory in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor, nn


class Lstm(nn.Module):
    """Long short-term memory over tokens: [..., B, L, in] -> [..., B, L, out]."""

    def __init__(self, ins: int, outs: int, *members: int) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(*members, 4 * outs, ins))
        self.weight_hh = nn.Parameter(torch.empty(*members, 4 * outs, outs))
        self.bias_ih = nn.Parameter(torch.empty(*members, 4 * outs))
        self.bias_hh = nn.Parameter(torch.empty(*members, 4 * outs))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(outs**-0.5), outs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        bias = (self.bias_ih + self.bias_hh)[..., None, None, :]
        given = x @ self.weight_ih.mT.unsqueeze(-3) + bias
        state = memory = torch.zeros_like(given[..., 0, : self.weight_hh.shape[-1]])
        states: list[Tensor] = []
        for token in given.unbind(dim=-2):  # [..., B, 4 * out]
            gates = token + state @ self.weight_hh.mT
            enter, keep, new, leave = gates.chunk(4, dim=-1)
            memory = torch.sigmoid(keep) * memory
            memory = memory + torch.sigmoid(enter) * torch.tanh(new)
            state = torch.sigmoid(leave) * torch.tanh(memory)
            states.append(state)
        return torch.stack(states, dim=-2)
