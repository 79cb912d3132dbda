"""The share of items that are among the highest."""

from torch import Tensor

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._ranks.run import MeanOverRanks
from mtlspec.words.metrics.recall import RecallOptions


class Recall(MeanOverRanks):
    """The share of ranks up to `k`."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def of(self, rank: Tensor) -> Tensor:
        """[N] -> [N]."""
        return (rank <= self.k).double()


def build(judged: Judged, options: MetricOptions) -> Recall:
    """An empty metric."""
    del judged
    assert isinstance(options, RecallOptions)
    return Recall(options.k)
