"""The op in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


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


class BatchNormBy(nn.Module):
    """Each row normed with the rows of its own value, or by running ones.

    Members and rows lie in front, [..., B, d]; `place` [B] is the number of a row's
    value, -1 where it has none: such a row is normed with all rows. Statistics of all
    rows stand behind those of the values. What has no two rows in a batch keeps its
    running ones.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self,
        *sizes: int,
        values: int,
        affine: bool = True,
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.eps = eps
        self.values = values
        own = (*sizes[:-1], values, sizes[-1])
        self.weight = nn.Parameter(torch.ones(sizes)) if affine else None
        self.bias = nn.Parameter(torch.zeros(sizes)) if affine else None
        self.scale = nn.Parameter(torch.ones(own)) if affine else None
        self.shift = nn.Parameter(torch.zeros(own)) if affine else None
        kept = (*sizes[:-1], values + 1, sizes[-1])
        self.register_buffer("running_mean", torch.zeros(kept))
        self.register_buffer("running_var", torch.ones(kept))

    def forward(self, x: Tensor, place: Tensor) -> Tensor:
        place = place.where(place >= 0, self.values)
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = self.of_batch(x, place)
        std = torch.rsqrt(var.index_select(-2, place) + self.eps)
        y = (x - mean.index_select(-2, place)) * std
        if self.weight is None or self.bias is None:
            return y
        if self.scale is None or self.shift is None:
            return y
        scale = F.pad(self.scale, (0, 0, 0, 1), value=1.0).index_select(-2, place)
        shift = F.pad(self.shift, (0, 0, 0, 1)).index_select(-2, place)
        return y * (self.weight.unsqueeze(-2) * scale) + self.bias.unsqueeze(-2) + shift

    def of_batch(self, x: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance of each value's rows and of all: [..., values + 1, d]."""
        of_value = F.one_hot(place, self.values + 1)[:, : self.values].T.to(x.dtype)
        every = x.new_tensor([x.shape[-2]])
        rows = torch.cat([of_value.sum(dim=1), every]).unsqueeze(-1)
        some = rows[:-1].clamp(min=1)
        mean = torch.cat([of_value @ x / some, x.mean(dim=-2, keepdim=True)], dim=-2)
        apart = (x - mean.index_select(-2, place)).square()
        var = x.var(dim=-2, correction=0, keepdim=True)
        var = torch.cat([of_value @ apart / some, var], dim=-2)
        enough = rows > 1
        with torch.no_grad():
            step = 0.1 * enough.to(x.dtype)
            unbiased = var * rows / (rows - 1).clamp(min=1)
            self.running_mean += step * (mean - self.running_mean)
            self.running_var += step * (unbiased - self.running_var)
        mean = mean.where(enough, self.running_mean)
        return mean, var.where(enough, self.running_var)
