"""The area under the ROC curve, by torchmetrics, from all scores (no bins)."""

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.classification import BinaryAUROC
from torchmetrics.utilities.data import dim_zero_cat

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups


class Auc(BinaryAUROC, WithinGroups):
    """Takes labels as floats 0 and 1; NaN without both classes, where no pair can be ranked."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities and `target` labels 0.0 or 1.0, both [N, 1]."""
        super().update(preds, target.long())

    def compute(self) -> Tensor:
        """The area, or NaN."""
        if not self.target:
            return torch.tensor(torch.nan)
        target = dim_zero_cat(self.target)
        return torch.tensor(torch.nan) if target.min() == target.max() else super().compute()

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        """From the ranks of the positive rows (Mann and Whitney); 0 / 0 without both classes."""
        positive = target[:, 0].double()
        yes = groups.sum(positive)
        above = groups.sum(groups.ranks(preds[:, 0]) * positive) - yes * (yes + 1) / 2
        return above / (yes * (groups.sizes - yes))


class MeanAuc(Metric, WithinGroups):
    """The mean of the areas of several labels, each over the rows where it is known."""

    full_state_update = False

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.each = [_one() for _ in range(labels)]

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities and `target` labels 0.0, 1.0 or NaN, both [N, labels]."""
        for metric, p, y in zip(self.each, preds.unbind(1), target.unbind(1), strict=True):
            known = ~y.isnan()
            if bool(known.any()):
                metric.update(p[known], y[known])

    def reset(self) -> None:
        """Forgets all rows, in each of them."""
        super().reset()
        for metric in self.each:
            metric.reset()

    def compute(self) -> Tensor:
        """The mean over the labels that have an area; NaN where none has."""
        return torch.stack([metric.compute() for metric in self.each]).nanmean()

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        areas: list[Tensor] = []
        for metric, p, y in zip(self.each, preds.unbind(1), target.unbind(1), strict=True):
            known = ~y.isnan()
            areas.append(metric.within(p[known, None], y[known, None], groups.take(known)))
        return torch.stack(areas).nanmean(dim=0)


def _one() -> Auc:
    return Auc(thresholds=None, validate_args=False)


def build(judged: Judged, options: MetricOptions) -> Metric:
    """An empty metric."""
    del options
    return MeanAuc(judged.width) if judged.answer == "labels" else _one()
