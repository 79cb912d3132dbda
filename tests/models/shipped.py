"""What tests ask of a shipped system: its weights by owner, and which of them a loss reaches."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from mtlspec.emit.compiled import Compiled
from tests.models import cases
from tests.models.cases import FIVE
from tests.models.compiled import tensors


def reached(compiled: Compiled, key: str, given: Mapping[str, Tensor] | None = None) -> set[str]:
    """The logical weights that one loss, a task's or a term, has a gradient for."""
    module = compiled.module(seed=0).double()
    compiled.set_weights(module, given or {})
    labels = {t.name: np.ones((64, 1)) for t in compiled.schema.tasks}
    module.loss(tensors(cases.batch_of(64)), tensors(labels))[key].backward()
    return moved(compiled, module)


def moved(compiled: Compiled, module: nn.Module) -> set[str]:
    """The logical weights with a gradient that is finite and not 0; it takes the weights' place."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.zeros(()) if parameter.grad is None else parameter.grad)
    grads = compiled.weights(module).items()
    return {name for name, grad in grads if bool(grad.any()) and bool(grad.isfinite().all())}


def names(compiled: Compiled) -> set[str]:
    return set(compiled.weights(compiled.module(seed=0)))


def of_task(compiled: Compiled, task: str) -> set[str]:
    """The weights with a task in their index."""
    return {name for name in names(compiled) if f"[{task}]" in name or f"[{task}, " in name}


def shared(compiled: Compiled) -> set[str]:
    """The weights that are no task's own: tables, common experts and bottoms."""
    return names(compiled).difference(*(of_task(compiled, task) for task in FIVE))
