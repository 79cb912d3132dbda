"""The mean absolute error, by torchmetrics."""

import torch
from torch import Tensor
from torchmetrics.regression import MeanAbsoluteError

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups


class Mae(MeanAbsoluteError, WithinGroups):
    """Summed in float64; of grades, the distance of the most probable one."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are numbers [N, 1] or probabilities of grades [N, n], `target` is [N, 1]."""
        super().update(_found(preds), target[:, 0].double())

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        return groups.mean((_found(preds) - target[:, 0]).abs())


def _found(preds: Tensor) -> Tensor:
    """[N, 1] or [N, n] -> [N]."""
    return (preds[:, 0] if preds.shape[1] == 1 else torch.argmax(preds, dim=1)).double()


def build(judged: Judged, options: MetricOptions) -> Mae:
    """An empty metric."""
    del judged, options
    metric = Mae()
    metric.set_dtype(torch.float64)
    return metric
