"""The router `dselect` in PyTorch, as it stands in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def selections(bits: Tensor, k: int, n: int, gamma: float) -> Tensor:
    """What each of k selectors makes of its bits: [..., k * m] -> [..., k, n]."""
    m = bits.shape[-1] // k
    t = bits.reshape(*bits.shape[:-1], k, 1, m).clamp(-gamma / 2, gamma / 2)
    step = 0.5 + 3 * t / (2 * gamma) - 2 * t.pow(3) / gamma**3
    powers = torch.tensor([2**place for place in reversed(range(m))], device=t.device)
    codes = torch.arange(n, device=t.device).unsqueeze(-1) // powers % 2  # [n, m]
    return torch.where(codes == 1, step, 1 - step).prod(dim=-1)


def dselect(selectors: Tensor, bits: Tensor, n: int, gamma: float, dim: int) -> Tensor:
    """The selections of k selectors, mixed by a softmax: k and k * m become n."""
    shares = F.softmax(selectors.movedim(dim, -1), dim=-1).unsqueeze(-1)
    chosen = selections(bits.movedim(dim, -1), shares.shape[-2], n, gamma)
    return (shares * chosen).sum(dim=-2).movedim(-1, dim)
