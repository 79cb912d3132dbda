"""Spearman's rank correlation, by torchmetrics."""

import warnings

import torch
from torch import Tensor
from torchmetrics.regression import SpearmanCorrCoef
from torchmetrics.utilities.data import dim_zero_cat

from mtlspec.words.metrics import Judged


class Spearman(SpearmanCorrCoef):
    """NaN where all labels, or all predictions, are the same: they have no order."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` and `target` are numbers, both [N, 1]."""
        super().update(preds[:, 0].double(), target[:, 0].double())

    def compute(self) -> Tensor:
        """The correlation, or NaN."""
        found, true = dim_zero_cat(self.preds), dim_zero_cat(self.target)
        ordered = found.min() < found.max() and true.min() < true.max()
        return super().compute() if ordered else torch.tensor(torch.nan)


def build(judged: Judged) -> Spearman:
    """An empty metric."""
    del judged
    with warnings.catch_warnings():  # that it keeps all rows is known
        warnings.simplefilter("ignore")
        return Spearman()
