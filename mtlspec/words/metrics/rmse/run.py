"""The root of the mean squared error, by torchmetrics."""

import torch
from torch import Tensor
from torchmetrics.regression import MeanSquaredError

from mtlspec.words.metrics import Judged


class Rmse(MeanSquaredError):
    """Summed in float64."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` and `target` are numbers, both [N, 1]."""
        super().update(preds[:, 0].double(), target[:, 0].double())


def build(judged: Judged) -> Rmse:
    """An empty metric."""
    del judged
    metric = Rmse(squared=False)
    metric.set_dtype(torch.float64)
    return metric
