"""The rank of each row's own item among the items of other rows."""

from abc import abstractmethod

import torch
from torch import Tensor
from torchmetrics import Metric

BLOCK = 1000
"""How many rows, one after another, give the items that are ranked."""


class MeanOverRanks(Metric):
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

    def _sum(self, preds: Tensor, target: Tensor) -> float:
        return float(self.of(ranks(preds, target[:, 0])).sum())

    @abstractmethod
    def of(self, rank: Tensor) -> Tensor:
        """What is averaged, of ranks [N]."""


def ranks(preds: Tensor, items: Tensor) -> Tensor:
    """The rank of each row's item among the others, each once, from 1; a tie counts half: [N]."""
    user, vector = torch.chunk(preds, 2, dim=-1)
    scores = user @ vector.mT
    scores = scores if scores.dim() == 2 else scores.mean(dim=0)  # the members of an ensemble
    same, rows = items[:, None] == items, torch.arange(len(items), device=items.device)
    first = same.int().argmax(dim=1) == rows  # where an item is met first
    own, others = scores.diagonal()[:, None], first & ~same
    higher = ((scores > own) & others).sum(dim=1)
    return 1 + higher + ((scores == own) & others).sum(dim=1) / 2
