"""The normalised discounted cumulative gain, over whole groups."""

import torch
from torch import Tensor

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups
from mtlspec.words.metrics._groups.run import MeanOverGroups
from mtlspec.words.metrics.ndcg import NdcgOptions


class Ndcg(MeanOverGroups):
    """The mean of the groups' gains, each as a share of the best."""

    def __init__(self, k: int | None) -> None:
        super().__init__()
        self.k = k

    def of(self, score: Tensor, relevance: Tensor, groups: Groups) -> Tensor:
        """The gains of a group are less by the factor 2^greatest, so that none is infinite."""
        greatest = groups.greatest(relevance)[groups.of]
        gain = torch.exp2(relevance - greatest) - torch.exp2(-greatest)
        tied = groups.tied(-score)
        found = tied.mean(self._discount(groups.places(-score)))[tied.of]
        best = self._discount(groups.places(-relevance))
        return groups.sum(gain * found) / groups.sum(gain * best)

    def _discount(self, place: Tensor) -> Tensor:
        """[N] -> float64 [N]; 0 beyond the places that count."""
        discount = 1 / torch.log2(1 + place.double())
        return discount if self.k is None else discount.where(place <= self.k, 0.0)


def build(judged: Judged, options: MetricOptions) -> Ndcg:
    """An empty metric."""
    del judged
    assert isinstance(options, NdcgOptions)
    return Ndcg(options.k)
