"""Stochastic gradient descent, by PyTorch, fused."""

from collections.abc import Iterable

import torch
from torch.nn import Parameter

from mtlspec.words.optimisers.sgd import SgdOptions


def build(parameters: Iterable[Parameter], options: SgdOptions) -> torch.optim.Optimizer:
    """The optimiser of these parameters, at its full learning rate."""
    return torch.optim.SGD(
        parameters,
        lr=options.lr,
        momentum=options.momentum,
        weight_decay=options.weight_decay,
        fused=True,
    )
