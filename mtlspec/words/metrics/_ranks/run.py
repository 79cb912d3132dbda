"""The rank of each row's own item among the items of other rows."""

from abc import abstractmethod
from collections.abc import Iterator

import torch
from torch import Tensor
from torchmetrics import Metric

from mtlspec.words.metrics._by_value.run import Groups, WithinGroups

BLOCK = 1000
"""How many rows, one after another, give the items that are ranked."""
_SCORES = 4_000_000
"""How many scores are held at once, where blocks are ranked side by side."""


class MeanOverRanks(Metric, WithinGroups):
    """The mean of something of each row's rank, whatever the batches that it is fed with."""

    full_state_update = False

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forgets all rows."""
        super().reset()
        self.total, self.rows = 0.0, 0
        self.waiting: tuple[Tensor, Tensor] | None = None

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are users and items side by side, [..., N, 2 d]; `target` numbers the items."""
        if self.waiting is not None:
            preds = torch.cat([self.waiting[0], preds], dim=-2)
            target = torch.cat([self.waiting[1], target])
        while len(target) >= BLOCK:
            self.total += self._sum(preds[..., :BLOCK, :], target[:BLOCK])
            self.rows += BLOCK
            preds, target = preds[..., BLOCK:, :], target[BLOCK:]
        self.waiting = preds, target

    def compute(self) -> Tensor:
        """The mean; NaN without a row."""
        total, rows = self.total, self.rows
        if self.waiting is not None and len(self.waiting[1]):
            total += self._sum(*self.waiting)
            rows += len(self.waiting[1])
        return torch.tensor(total / rows if rows else torch.nan)

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        """Blocks of equally many rows are ranked side by side."""
        ranked = target.new_zeros(len(target), dtype=torch.float64)
        for blocks in _blocks(groups):
            ranked[blocks] = ranks(preds[..., blocks, :], target[blocks, 0]).double()
        return groups.mean(self.of(ranked))

    def _sum(self, preds: Tensor, target: Tensor) -> float:
        return float(self.of(ranks(preds, target[:, 0])).sum())

    @abstractmethod
    def of(self, rank: Tensor) -> Tensor:
        """What is averaged, of ranks [N]."""


def ranks(preds: Tensor, items: Tensor) -> Tensor:
    """The rank of each row's item among the others, each once, from 1; a tie counts half.

    `preds` are [..., N, 2 d] and `items` [N], or [blocks, N] where blocks are ranked side by side.
    """
    user, vector = torch.chunk(preds, 2, dim=-1)
    scores = user @ vector.mT
    if scores.dim() > items.dim() + 1:
        scores = scores.mean(dim=0)  # the members of an ensemble
    same = items[..., :, None] == items[..., None, :]
    rows = torch.arange(items.shape[-1], device=items.device)
    first = same.int().argmax(dim=-1) == rows  # where an item is met first
    own, others = scores.diagonal(dim1=-2, dim2=-1)[..., None], first[..., None, :] & ~same
    higher = ((scores > own) & others).sum(dim=-1)
    return 1 + higher + ((scores == own) & others).sum(dim=-1) / 2


def _blocks(groups: Groups) -> Iterator[Tensor]:
    """The rows of each group in blocks of up to `BLOCK`, those of one size together: [.., N]."""
    order = torch.argsort(groups.of, stable=True)
    before = groups.sizes.cumsum(0) - groups.sizes
    place = torch.arange(len(order), device=order.device) - before[groups.of[order]]
    starts = torch.nonzero(place % BLOCK == 0)[:, 0]
    counts = torch.diff(starts, append=starts.new_tensor([len(order)]))
    for count in sorted({int(size) for size in counts.unbind()}):
        chosen = starts[counts == count, None] + torch.arange(count, device=order.device)
        yield from torch.split(order[chosen], max(1, _SCORES // count**2))
