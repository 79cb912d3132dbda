"""Small stand-ins for rows and compiled modules, so that a test can steer what training meets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from mtlspec.check.training import read_select
from mtlspec.emit.lowerings.row_mean import row_mean
from mtlspec.graph.schema import Schema, TaskField
from mtlspec.source import SourceFile, Span
from mtlspec.training.batches import plan_batches
from mtlspec.training.course import Course
from mtlspec.training.history import Epoch
from mtlspec.training.lines import Silence
from mtlspec.training.loop import Learner, build_learner
from mtlspec.training.progress import Step
from mtlspec.training.run_directory import RunDirectory
from mtlspec.words.registry import find
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.tasks.binary.module import binary_error
from mtlspec.words.train import Train

SPAN = Span(SourceFile("test.mtl", "income marital"), 0, 6)
NAN = float("nan")


def task(name: str, weight: float = 1.0) -> TaskField:
    word = find("tasks", "binary")
    assert isinstance(word, Task)
    return TaskField(name, word, TaskOptions(weight=weight), SPAN)


def schema(*names: str) -> Schema:
    return Schema((), tuple(task(name) for name in names))


@dataclass(frozen=True)
class TensorRows:
    """Rows as `data` gives them: one column `x`, a label per task."""

    x: Tensor
    labels: Mapping[str, Tensor]
    together: None = None

    def __len__(self) -> int:
        return len(self.x)

    def batch(self, index: Tensor | slice) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        return {"x": self.x[index]}, {name: y[index] for name, y in self.labels.items()}


def rows(count: int, *names: str, seed: int = 0, flipped: bool = False) -> TensorRows:
    """Rows whose label is 1 (or, flipped, 0) where the first of four numbers is positive."""
    x = torch.randn(count, 4, generator=torch.Generator().manual_seed(seed))
    label = (x[:, :1] > 0).float()
    return TensorRows(x, dict.fromkeys(names, 1 - label if flipped else label))


class Linear(nn.Module):
    """A logistic regression per task, with dropout so that randomness has a part in it."""

    def __init__(self, *names: str, dropout: float = 0.0, seed: int = 0) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        self.heads = nn.ModuleDict({name: nn.Linear(4, 1) for name in names})
        for weight in self.parameters():
            nn.init.normal_(weight, std=0.1, generator=draw)
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        x = self.dropout(batch["x"])
        return {name: head(x) for name, head in self.heads.items()}

    def loss(self, batch: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> dict[str, Tensor]:
        outputs = self(batch)
        errors = {name: binary_error(outputs[name], labels[name]) for name in outputs}
        return {name: row_mean(error, labels[name]) for name, error in errors.items()}

    def serve(self, predictions: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {name: torch.sigmoid(prediction) for name, prediction in predictions.items()}


def learner_of(module: nn.Module, *names: str, steps: int = 100, **train: object) -> Learner:
    return build_learner(module, Train.model_validate(train), schema(*names).tasks, steps)


def course_of(train: TensorRows, valid: TensorRows, batch: int = 16, **changes: object) -> Course:
    names = tuple(train.labels)
    select = read_select(None, schema(*names))
    assert not isinstance(select, list)
    settings: dict[str, object] = {
        "tasks": schema(*names).tasks,
        "select": select,
        "epochs": 3,
        "patience": 2,
        "batches": plan_batches(train, batch),
        "seed": 0,
        "names": {},
    }
    return Course(train, valid, **(settings | changes))


def directory_at(path: Path) -> RunDirectory:
    directory = RunDirectory(path)
    directory.best.parent.mkdir(parents=True)
    return directory


class Recorder(Silence):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.ended: list[Epoch] = []
        self.said: list[str] = []

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def epoch(self, epoch: Epoch) -> None:
        self.ended.append(epoch)

    def stopping(self) -> None:
        self.said.append("stopping")

    def saved(self, step: Step) -> None:
        self.said.append(f"saved {step.epoch}:{step.number}")
