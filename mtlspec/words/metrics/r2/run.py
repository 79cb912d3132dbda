"""The share of variance that is explained, by torchmetrics."""

import torch
from torch import Tensor
from torchmetrics.regression import R2Score

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups


class R2(R2Score, WithinGroups):
    """NaN where all labels are the same: there is no variance to explain."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` and `target` are numbers, both [N, 1]."""
        super().update(preds[:, 0].double(), target[:, 0].double())

    def compute(self) -> Tensor:
        """The share, or NaN."""
        spread = self.sum_squared_error - self.sum_error**2 / self.total
        known = self.total > 1 and bool((spread > 0).all())
        return super().compute() if known else torch.tensor(torch.nan)

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        y = target[:, 0].double()
        error, spread = groups.sum((y - preds[:, 0]) ** 2), groups.sum(groups.centred(y) ** 2)
        return groups.where_varied(1 - error / spread, y)


def build(judged: Judged, options: MetricOptions) -> R2:
    """An empty metric."""
    del judged, options
    metric = R2()
    metric.set_dtype(torch.float64)
    return metric
