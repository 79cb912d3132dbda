"""Members picked row by row, as it stands in emitted files."""

import torch
from torch import Tensor


def pick_by_row(members: Tensor, place: Tensor, dim: int, rows: bool) -> Tensor:
    """The member at each row's place, their mean where that is -1: [..., B, ...].

    Members lie on the axis `dim`, before the rows if they have `rows`; `place` is [B].
    """
    mean = members.mean(dim, keepdim=True)
    place = place.where(place >= 0, members.shape[dim])
    members = torch.cat([members, mean], dim)
    if not rows:
        return members.index_select(dim, place)
    index = place.reshape(-1, *[1] * (members.ndim - dim - 2))
    return members.gather(dim, index.expand_as(mean)).squeeze(dim)
