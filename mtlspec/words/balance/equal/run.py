"""The plain weighted sum of the losses."""

from collections.abc import Mapping

import torch
from torch import Tensor

from mtlspec.words.word import Options


class Weighing:
    """Turns a batch's losses into gradients; `weights` are the tasks' own, a loss term has 1."""

    def __init__(self, options: Options, weights: Mapping[str, float]) -> None:
        del options
        self.weights = dict(weights)

    def backward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Adds the objective's gradient to the parameters; returns the objective, detached."""
        objective = sum(self.weights.get(name, 1.0) * loss for name, loss in losses.items())
        assert isinstance(objective, Tensor)
        if objective.requires_grad:  # not where the batch has no label at all
            torch.autograd.backward(objective)
        return objective.detach()
