"""The mean reciprocal rank."""

from torch import Tensor

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._ranks.run import MeanOverRanks


class Mrr(MeanOverRanks):
    """The mean of 1 / rank."""

    def of(self, rank: Tensor) -> Tensor:
        """[N] -> [N]."""
        return 1 / rank


def build(judged: Judged, options: MetricOptions) -> Mrr:
    """An empty metric."""
    del judged, options
    return Mrr()
