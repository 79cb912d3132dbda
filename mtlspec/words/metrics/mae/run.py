"""The mean absolute error, by torchmetrics."""

import torch
from torch import Tensor
from torchmetrics.regression import MeanAbsoluteError

from mtlspec.words.metrics import Judged


class Mae(MeanAbsoluteError):
    """Summed in float64; of grades, the distance of the most probable one."""

    def update(self, preds: Tensor, target: Tensor) -> None:
        """`preds` are numbers [N, 1] or probabilities of grades [N, n], `target` is [N, 1]."""
        found = preds[:, 0] if preds.shape[1] == 1 else torch.argmax(preds, dim=1)
        super().update(found.double(), target[:, 0].double())


def build(judged: Judged) -> Mae:
    """An empty metric."""
    del judged
    metric = Mae()
    metric.set_dtype(torch.float64)
    return metric
