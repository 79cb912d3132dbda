"""The mean of something of each group of candidates that are ranked together."""

from abc import abstractmethod

import torch
from torch import Tensor
from torchmetrics import Metric

from mtlspec.words.metrics._by_value.run import Groups


class MeanOverGroups(Metric):
    """The mean over groups, whatever the batches that it is fed with.

    A group whose candidates are all equally relevant has no order and does not count.
    """

    full_state_update = False

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forgets all rows."""
        super().reset()
        self.scores: list[Tensor] = []
        self.labels: list[Tensor] = []

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are scores, [..., N, 1], those of an ensemble's members to be averaged.

        `target` has the relevance and the number of the group, [N, 2].
        """
        self.scores.append(preds.double().reshape(-1, len(target)).mean(dim=0))
        self.labels.append(target.double())

    def compute(self) -> Tensor:
        """The mean; NaN without a group that has an order."""
        relevance, number = torch.cat(self.labels).unbind(dim=1)
        groups = Groups.by(number.long())
        found = self.of(torch.cat(self.scores), relevance, groups)
        return groups.where_varied(found, relevance).nanmean()

    @abstractmethod
    def of(self, score: Tensor, relevance: Tensor, groups: Groups) -> Tensor:
        """What is averaged: [N], [N] -> [G]."""
