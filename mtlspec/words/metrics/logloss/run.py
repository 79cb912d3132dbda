"""The mean cross-entropy of probabilities and what was true, summed in float64."""

import torch
from torch import Tensor
from torch.nn import functional as F
from torchmetrics import Metric

from mtlspec.words.metrics import Judged

LEAST = -100.0
"""The least logarithm: as in PyTorch, a certain answer that is wrong costs 100, not infinity."""


class LogLoss(Metric):
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
        known = ~target.isnan()
        p, y = preds[known].double(), target[known].double()
        self.total = self.total + F.binary_cross_entropy(p, y, reduction="sum")
        self.rows = self.rows + y.numel()

    def compute(self) -> Tensor:
        return self.total / self.rows


class ClassLogLoss(LogLoss):
    """Of classes."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities [N, classes] and `target` the places of classes, [N, 1]."""
        given = preds.double().gather(1, target.long())
        self.total = self.total - given.log().clamp(min=LEAST).sum()
        self.rows = self.rows + target.numel()


def build(judged: Judged) -> LogLoss:
    """An empty metric."""
    return ClassLogLoss() if judged.answer in ("class", "grade") else LogLoss()
