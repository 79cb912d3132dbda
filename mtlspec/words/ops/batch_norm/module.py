"""The op in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor, nn


class BatchNorm(nn.Module):
    """Each number by its mean and deviation over the batch, or by running ones.

    Unlike that of PyTorch it takes members, [..., B, d], and a batch of one row.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, *sizes: int, affine: bool = True, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(sizes)) if affine else None
        self.bias = nn.Parameter(torch.zeros(sizes)) if affine else None
        self.register_buffer("running_mean", torch.zeros(sizes))
        self.register_buffer("running_var", torch.ones(sizes))

    def forward(self, x: Tensor) -> Tensor:
        mean, var, rows = self.running_mean, self.running_var, x.shape[-2]
        if self.training and rows > 1:
            mean, var = x.mean(dim=-2), x.var(dim=-2, correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, 0.1)
                self.running_var.lerp_(var * rows / (rows - 1), 0.1)
        scale = torch.rsqrt(var + self.eps)
        y = (x - mean.unsqueeze(-2)) * scale.unsqueeze(-2)
        if self.weight is None or self.bias is None:
            return y
        return y * self.weight.unsqueeze(-2) + self.bias.unsqueeze(-2)
