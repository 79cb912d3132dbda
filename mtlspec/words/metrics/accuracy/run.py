"""The share of right answers, by torchmetrics."""

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.classification import BinaryAccuracy, MulticlassAccuracy

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups


class Accuracy(BinaryAccuracy, WithinGroups):
    """Of a yes or no, or of several labels, each by itself."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities and `target` labels 0.0, 1.0 or NaN, both [N, labels]."""
        known = ~target.isnan()
        super().update(preds[known], target[known].long())

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        known = ~target.isnan()
        right = ((preds > self.threshold) == target.bool()) & known
        return groups.sum(right.sum(dim=1)) / groups.sum(known.sum(dim=1))


class ClassAccuracy(MulticlassAccuracy, WithinGroups):
    """Of classes; the most probable one is the answer."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities [N, classes] and `target` the places of classes, [N, 1]."""
        super().update(torch.argmax(preds, dim=1), target[:, 0].long())

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        return groups.mean(torch.argmax(preds, dim=1) == target[:, 0])


def build(judged: Judged, options: MetricOptions) -> Metric:
    """An empty metric."""
    del options
    if judged.answer in ("class", "grade"):
        return ClassAccuracy(judged.width, average="micro", validate_args=False)
    return Accuracy(validate_args=False)
