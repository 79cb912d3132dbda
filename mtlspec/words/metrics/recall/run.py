"""The share of what was looked for that is among the highest."""

from torch import Tensor
from torchmetrics import Metric

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups
from mtlspec.words.metrics._groups.run import MeanOverGroups
from mtlspec.words.metrics._ranks.run import MeanOverRanks
from mtlspec.words.metrics.recall import RecallOptions


class PairRecall(MeanOverRanks):
    """The share of ranks up to `k`."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def of(self, rank: Tensor) -> Tensor:
        """[N] -> [N]."""
        return (rank <= self.k).double()


class GroupRecall(MeanOverGroups):
    """The mean share of a group's relevant candidates whose ranks are up to `k`."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def of(self, score: Tensor, relevance: Tensor, groups: Groups) -> Tensor:
        """Candidates of one score share their mean rank."""
        relevant = relevance > 0
        found = relevant & (groups.ranks(-score) <= self.k)
        return groups.sum(found) / groups.sum(relevant)


def build(judged: Judged, options: MetricOptions) -> Metric:
    """An empty metric."""
    assert isinstance(options, RecallOptions)
    return PairRecall(options.k) if judged.answer == "pair" else GroupRecall(options.k)
