"""The mean reciprocal rank."""

import torch
from torch import Tensor
from torchmetrics import Metric

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups
from mtlspec.words.metrics._groups.run import MeanOverGroups
from mtlspec.words.metrics._ranks.run import MeanOverRanks


class PairMrr(MeanOverRanks):
    """The mean of 1 / rank of each row's own item."""

    def of(self, rank: Tensor) -> Tensor:
        """[N] -> [N]."""
        return 1 / rank


class GroupMrr(MeanOverGroups):
    """The mean of 1 / rank of the highest relevant candidate of each group."""

    def of(self, score: Tensor, relevance: Tensor, groups: Groups) -> Tensor:
        """A candidate that is not relevant and has the same score counts half."""
        relevant = relevance > 0
        own = groups.greatest(score.where(relevant, -torch.inf))[groups.of]
        above = (score > own).double() + (score == own).double() / 2
        return 1 / (1 + groups.sum(above.where(~relevant, 0.0)))


def build(judged: Judged, options: MetricOptions) -> Metric:
    """An empty metric."""
    del options
    return PairMrr() if judged.answer == "pair" else GroupMrr()
