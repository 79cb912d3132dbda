"""The mean cross-entropy of probabilities and binary labels, summed in float64."""

import torch
from torch import Tensor
from torch.nn import functional as F
from torchmetrics import Metric


class LogLoss(Metric):
    """A probability of exactly 0 or 1 that is wrong costs 100, not infinity (as in PyTorch)."""

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
        """`preds` are probabilities and `target` labels 0.0 or 1.0, both [N, 1]."""
        loss = F.binary_cross_entropy(preds.double(), target.double(), reduction="sum")
        self.total = self.total + loss
        self.rows = self.rows + target.numel()

    def compute(self) -> Tensor:
        return self.total / self.rows


def build() -> LogLoss:
    """An empty metric."""
    return LogLoss()
