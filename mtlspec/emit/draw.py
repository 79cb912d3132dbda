"""Initial values: each member's tensor is drawn from (seed, logical name) and nothing else."""

import hashlib
from typing import TYPE_CHECKING

from mtlspec.words.initialisers import Initialiser, Parameter

if TYPE_CHECKING:
    from torch import Tensor


def draw(tensor: "Tensor", parameter: Parameter, seed: int, name: str) -> None:
    """Fills a tensor in place."""
    import torch

    initialiser = parameter.initial.word
    assert isinstance(initialiser, Initialiser)
    if initialiser.stored:
        initialiser.part("run").fill(tensor, parameter.initial.options)
        return
    values = initialiser.values(parameter.initial.options)
    if values is not None:
        tensor.copy_(torch.tensor(values).expand_as(tensor))
        return
    arguments = initialiser.arguments(parameter.initial.options, parameter.fan_in)
    home = initialiser.part("module") if initialiser.own else torch.nn.init
    fill = getattr(home, initialiser.function)
    if not initialiser.draws:
        fill(tensor, **arguments)
        return
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8]) >> 1)
    fill(tensor, **arguments, generator=generator)
