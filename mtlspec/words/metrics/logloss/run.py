"""The mean cross-entropy of probabilities and what was true, summed in float64."""

import torch
from torch import Tensor
from torch.nn import functional as F
from torchmetrics import Metric

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups

LEAST = -100.0
"""The least logarithm: as in PyTorch, a certain answer that is wrong costs 100, not infinity."""


class LogLoss(Metric, WithinGroups):
    """Of a yes or no, or of several labels, each by itself."""

    full_state_update = False
    higher_is_better = False
    total: Tensor
    rows: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, zero in (("total", torch.float64), ("rows", torch.int64)):
            self.add_state(  # pyright: ignore[reportUnknownMemberType]
                name, torch.zeros((), dtype=zero), dist_reduce_fx="sum"
            )

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities and `target` labels 0.0, 1.0 or NaN, both [N, labels]."""
        self.total = self.total + self.costs(preds, target).nansum()
        self.rows = self.rows + (~target.isnan()).sum()

    def compute(self) -> Tensor:
        return self.total / self.rows

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        costs = self.costs(preds, target)
        known = (~costs.isnan()).sum(dim=1)
        return groups.sum(costs.nansum(dim=1)) / groups.sum(known)

    def costs(self, preds: Tensor, target: Tensor) -> Tensor:
        """Of each label of each row: [N, labels], NaN where there is none."""
        known = ~target.isnan()
        y = torch.where(known, target, 0.0).double()
        costs = F.binary_cross_entropy(preds.double(), y, reduction="none")
        return costs.where(known, torch.nan)


class ClassLogLoss(LogLoss):
    """Of classes."""

    def costs(self, preds: Tensor, target: Tensor) -> Tensor:
        """`preds` are probabilities [N, classes] and `target` the places of classes, [N, 1]."""
        return -preds.double().gather(1, target.long()).log().clamp(min=LEAST)


def build(judged: Judged, options: MetricOptions) -> LogLoss:
    """An empty metric."""
    del options
    return ClassLogLoss() if judged.answer in ("class", "grade") else LogLoss()
