"""Compiled models of the documentation, run once on random rows."""

import torch

from mtlspec.emit.compiled import Compiled
from mtlspec.graph.schema import FeatureField

ROWS = 3


def _random(field: FeatureField) -> torch.Tensor:
    """What a batch holds of a feature."""
    if field.word.reads == "values":
        return torch.randn(ROWS, field.given)
    if field.entries is None:
        return torch.randint(0, 5, (ROWS,))
    return torch.randint(0, 5, (ROWS, field.entries))


def run_once(compiled: Compiled) -> None:
    """A forward pass, the losses and a backward pass; what is served is [rows, width]."""
    compiled_sizes = dict.fromkeys(compiled.sizes, 5)
    module = compiled.module(sizes=compiled_sizes)
    torch.manual_seed(0)
    batch = {field.name: _random(field) for field in compiled.schema.features}
    labels = {
        task.name: torch.ones(ROWS, task.word.labels(task.options) or compiled_sizes[task.name])
        for task in compiled.schema.trained
    } | {
        f"{task.name}.rows": torch.ones(ROWS, 1)
        for task in compiled.schema.trained
        if task.weighted
    }
    served = module.serve(module(batch))
    assert {name: tuple(value.shape) for name, value in served.items()} == {
        task.name: (ROWS, task.served or compiled_sizes[task.name])
        for task in compiled.schema.tasks
    }
    losses: dict[str, torch.Tensor] = module.loss(batch, labels)
    sum(losses.values(), torch.zeros(())).backward()
