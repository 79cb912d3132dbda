"""Scores of the candidates of groups, as they stand in emitted files."""

import torch
from torch import Tensor
from torch.nn import functional as F


def listwise_error(score: Tensor, label: Tensor) -> Tensor:
    """-log softmax of each row's score among those of its group: [..., B, 1].

    `label` has a row's relevance and the number of its group, [..., B, 2]; a row that
    has none (NaN) has no loss.
    """
    number = label[..., 1:].nan_to_num(-1.0).mT  # [..., 1, B]
    group = torch.searchsorted(number.sort().values, number).mT.expand_as(score)
    none = torch.zeros_like(score)
    best = none.scatter_reduce(-2, group, score.detach(), "amax", include_self=False)
    score = score - best.gather(-2, group)
    total = none.scatter_add(-2, group, score.exp()).gather(-2, group)
    return torch.where(label[..., 1:].isnan(), 0.0, total.log() - score)


def pairwise_error(score: Tensor, label: Tensor) -> Tensor:
    """Of each row i, the mean of log(1 + exp(s_j - s_i)) over less relevant rows j.

    They are those of its group: `label` has a row's relevance and the number of its
    group, [..., B, 2] -> [..., B, 1]. A row above no other has no loss.
    """
    relevance, group = torch.chunk(label, 2, dim=-1)
    below = (group == group.mT) & (relevance > relevance.mT)
    error = torch.where(below, F.softplus(score.mT - score), 0.0)
    pairs = below.sum(dim=-1, keepdim=True).clamp(min=1)
    return error.sum(dim=-1, keepdim=True) / pairs
