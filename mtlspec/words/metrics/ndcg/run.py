"""The normalised discounted cumulative gain, over whole groups."""

import torch
from torch import Tensor

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups
from mtlspec.words.metrics._groups.run import MeanOverGroups


class Ndcg(MeanOverGroups):
    """The mean of the groups' gains, each as a share of the best."""

    def of(self, score: Tensor, relevance: Tensor, groups: Groups) -> Tensor:
        """The gains of a group are less by the factor 2^greatest, so that none is infinite."""
        greatest = groups.greatest(relevance)[groups.of]
        gain = torch.exp2(relevance - greatest) - torch.exp2(-greatest)
        tied = groups.tied(-score)
        found = tied.mean(_discount(groups.places(-score)))[tied.of]
        best = _discount(groups.places(-relevance))
        return groups.sum(gain * found) / groups.sum(gain * best)


def _discount(place: Tensor) -> Tensor:
    return 1 / torch.log2(1 + place.double())


def build(judged: Judged, options: MetricOptions) -> Ndcg:
    """An empty metric."""
    del judged, options
    return Ndcg()
