"""Spearman's rank correlation, by torchmetrics."""

import warnings

import torch
from torch import Tensor
from torchmetrics.regression import SpearmanCorrCoef
from torchmetrics.utilities.data import dim_zero_cat

from mtlspec.words.metrics import Judged, MetricOptions
from mtlspec.words.metrics._by_value.run import Groups, WithinGroups


class Spearman(SpearmanCorrCoef, WithinGroups):
    """NaN where all labels, or all predictions, are the same: they have no order."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` and `target` are numbers, both [N, 1]."""
        super().update(preds[:, 0].double(), target[:, 0].double())

    def compute(self) -> Tensor:
        """The correlation, or NaN."""
        found, true = dim_zero_cat(self.preds), dim_zero_cat(self.target)
        ordered = found.min() < found.max() and true.min() < true.max()
        return super().compute() if ordered else torch.tensor(torch.nan)

    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        found, true = preds[:, 0], target[:, 0].double()
        a, b = (groups.centred(groups.ranks(x)) for x in (found, true))
        rho = groups.sum(a * b) / (groups.sum(a**2) * groups.sum(b**2)).sqrt()
        return groups.where_varied(rho, found, true)


def build(judged: Judged, options: MetricOptions) -> Spearman:
    """An empty metric."""
    del judged, options
    with warnings.catch_warnings():  # that it keeps all rows is known
        warnings.simplefilter("ignore")
        return Spearman()
