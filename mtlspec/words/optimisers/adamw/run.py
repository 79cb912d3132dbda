"""AdamW, by PyTorch; fused, which is quicker on a CPU too."""

import torch
from torch.optim.optimizer import ParamsT

from mtlspec.words.optimisers.adamw import AdamWOptions


def build(parameters: ParamsT, options: AdamWOptions) -> torch.optim.Optimizer:
    """The optimiser of these parameters, at its full learning rate."""
    return torch.optim.AdamW(
        parameters,
        lr=options.lr,
        betas=options.betas,
        eps=options.eps,
        weight_decay=options.weight_decay,
        fused=True,
    )
