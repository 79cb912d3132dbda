"""The area under the ROC curve, by torchmetrics, from all scores (no bins)."""

import torch
from torch import Tensor
from torchmetrics.classification import BinaryAUROC
from torchmetrics.utilities.data import dim_zero_cat


class Auc(BinaryAUROC):
    """Takes labels as floats 0 and 1; NaN without both classes, where no pair can be ranked."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are probabilities and `target` labels 0.0 or 1.0, both [N, 1]."""
        super().update(preds, target.long())

    def compute(self) -> Tensor:
        """The area, or NaN."""
        target = dim_zero_cat(self.target)
        return torch.tensor(torch.nan) if target.min() == target.max() else super().compute()


def build() -> Auc:
    """An empty metric."""
    return Auc(thresholds=None, validate_args=False)
