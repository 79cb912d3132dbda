"""Stochastic gradient descent, by PyTorch, fused."""

import torch
from torch.optim.optimizer import ParamsT

from mtlspec.words.optimisers.sgd import SgdOptions


def build(parameters: ParamsT, options: SgdOptions) -> torch.optim.Optimizer:
    """The optimiser of these parameters, at its full learning rate."""
    return torch.optim.SGD(
        parameters,
        lr=options.lr,
        momentum=options.momentum,
        weight_decay=options.weight_decay,
        fused=True,
    )
