"""Compiled models of the documentation, run once on random rows."""

import torch

from mtlspec.emit.compiled import Compiled

ROWS = 3


def run_once(compiled: Compiled) -> None:
    """A forward pass, the losses and a backward pass; every prediction is [rows, 1]."""
    module = compiled.module(sizes=dict.fromkeys(compiled.sizes, 5))
    torch.manual_seed(0)
    batch = {
        field.name: torch.randint(0, 5, (ROWS,))
        if field.word.reads == "ids"
        else torch.randn(ROWS, field.type.width)
        for field in compiled.schema.features
    }
    labels = {task.name: torch.ones(ROWS, 1) for task in compiled.schema.tasks}
    predictions = module(batch)
    assert {name: tuple(value.shape) for name, value in predictions.items()} == {
        task.name: (ROWS, task.word.outputs(task.options)) for task in compiled.schema.tasks
    }
    losses: dict[str, torch.Tensor] = module.loss(batch, labels)
    sum(losses.values(), torch.zeros(())).backward()
