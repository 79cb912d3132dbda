"""Scores of users and items, as they stand in emitted files."""

import torch
from torch import Tensor


def match_error(pair: Tensor, item: Tensor, temperature: float) -> Tensor:
    """The loss of each row, [..., B, 2 d] and its item [..., B, 1] -> [..., B, 1]."""
    user, vector = torch.chunk(pair, 2, dim=-1)
    return batch_entropy(user @ vector.mT / temperature, item)


def corrected_match_error(pair: Tensor, label: Tensor, temperature: float) -> Tensor:
    """The loss of each row, with every item's share taken out: -> [..., B, 1].

    `pair` is [..., B, 2 d]; `label` has a row's item and the logarithm of the item's
    share, [..., B, 2]. Each score is less by its item's.
    """
    user, vector = torch.chunk(pair, 2, dim=-1)
    item, log_share = torch.chunk(label, 2, dim=-1)
    scores = user @ vector.mT / temperature
    return batch_entropy(scores - log_share.nan_to_num().mT, item)


def batch_entropy(scores: Tensor, item: Tensor) -> Tensor:
    """-log softmax of each row's own score among those of other items: [..., B, 1].

    `scores` is [..., B, B]. A row whose item is NaN is no negative, and its loss is 0.
    """
    known = ~torch.isnan(item)
    own = torch.eye(scores.shape[-1], dtype=torch.bool, device=scores.device)
    counted = own | (known.mT & (item != item.mT))
    total = scores.masked_fill(~counted, -torch.inf).logsumexp(dim=-1, keepdim=True)
    error = total - scores.diagonal(dim1=-2, dim2=-1).unsqueeze(-1)
    return torch.where(known, error, 0.0)


def pair_score(pair: Tensor, temperature: float) -> Tensor:
    """The score of each row's own user and item: [..., B, 2 d] -> [..., B, 1]."""
    user, vector = torch.chunk(pair, 2, dim=-1)
    return (user * vector).sum(dim=-1, keepdim=True) / temperature
