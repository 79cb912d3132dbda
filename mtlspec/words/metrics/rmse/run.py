"""The root of the mean squared error, by torchmetrics."""

import torch
from torch import Tensor
from torchmetrics.regression import MeanSquaredError

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups


class Rmse(MeanSquaredError, WithinGroups):
    """Summed in float64."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` and `target` are numbers, both [N, 1]."""
        super().update(preds[:, 0].double(), target[:, 0].double())

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        return groups.mean((preds - target)[:, 0] ** 2).sqrt()


def build(judged: Judged, options: MetricOptions) -> Rmse:
    """An empty metric."""
    del judged, options
    metric = Rmse(squared=False)
    metric.set_dtype(torch.float64)
    return metric
