"""One step and one epoch of training: losses, their weighing, gradients, the optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import Parameter
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.optimizer import ParamsT

from mtlspec.data import Rows
from mtlspec.graph.schema import TaskField
from mtlspec.training.evaluation import NotFiniteError
from mtlspec.training.schedule import rate_factor
from mtlspec.words.optimisers import OptimiserOptions
from mtlspec.words.train import Train
from mtlspec.words.word import Bound, Options

Batch = Mapping[str, Tensor]
Losses = Mapping[str, Tensor]


class Weighing(Protocol):
    """What a balancing method does in a step: `run.Weighing` of a word of kind `balance`."""

    def backward(self, losses: Losses) -> Tensor:
        """Adds gradients to the parameters; returns the objective, detached."""
        ...


@dataclass(frozen=True, slots=True)
class Learner:
    """A module with what changes its weights."""

    module: nn.Module
    loss: Callable[[Batch, Batch], Losses]
    optimizer: Optimizer
    schedule: LambdaLR
    weighing: Weighing
    clip: float | None

    def step(self, batch: Batch, labels: Batch) -> tuple[float, Losses]:
        """Takes a step; returns the objective and the losses before it.

        Raises `NotFiniteError` for the first loss that is not finite; no weight has changed then.
        """
        self.optimizer.zero_grad()
        losses = self.loss(batch, labels)
        objective = self.weighing.backward(losses).item()
        if not math.isfinite(objective):
            raise NotFiniteError(_culprit(losses))
        if self.clip is not None:
            nn.utils.clip_grad_norm_(self.module.parameters(), self.clip)
        self.optimizer.step()
        self.schedule.step()
        return objective, losses


def build_learner(
    module: nn.Module,
    train: Train,
    tasks: Iterable[TaskField],
    steps: int,
    rates: Mapping[str, float] | None = None,
) -> Learner:
    """A learner for `steps` steps in all, as `train { … }` says.

    `rates` gives factors on the learning rate, by the name of the parameter.
    """
    build = cast(
        Callable[[ParamsT, Options], Optimizer],
        train.optimizer.word.part("run").build,
    )
    options = train.optimizer.options
    assert isinstance(options, OptimiserOptions)
    optimizer = build(_groups(module, options.lr, rates or {}), options)
    weights = {task.name: task.options.weight for task in tasks}
    return Learner(
        module=module,
        loss=cast(Callable[[Batch, Batch], Losses], module.loss),
        optimizer=optimizer,
        schedule=LambdaLR(optimizer, rate_factor(options, steps)),
        weighing=_build_weighing(train.balance, weights),
        clip=train.clip,
    )


def _groups(module: nn.Module, rate: float, rates: Mapping[str, float]) -> list[dict[str, object]]:
    """The parameters in groups of one learning rate each, in the order of the module."""
    groups: dict[float, list[Parameter]] = {}
    for name, parameter in module.named_parameters():
        groups.setdefault(rates.get(name, 1.0), []).append(parameter)
    return [{"params": found, "lr": rate * factor} for factor, found in groups.items()]


def _build_weighing(balance: Bound, weights: Mapping[str, float]) -> Weighing:
    build = cast(
        Callable[[Options, Mapping[str, float]], Weighing], balance.word.part("run").Weighing
    )
    return build(balance.options, weights)


class Means:
    """Running means of an epoch: the objective by rows, a task's loss by its labelled rows."""

    def __init__(self) -> None:
        self.rows = 0
        self.objective = 0.0
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

    def add(self, objective: float, losses: Losses, labels: Batch, rows: int) -> None:
        """Takes in a batch; a loss term that is no task's is averaged over all rows."""
        self.rows += rows
        self.objective += objective * rows
        for name, loss in losses.items():
            count = int((~labels[name].isnan().any(dim=1)).sum()) if name in labels else rows
            self.sums[name] = self.sums.get(name, torch.zeros(())) + loss.detach() * count
            self.counts[name] = self.counts.get(name, 0) + count

    @property
    def loss(self) -> float:
        return self.objective / max(1, self.rows)

    def losses(self) -> dict[str, float | None]:
        """By name; None for a task that had no label in the whole epoch."""
        counts = self.counts
        return {n: (s.item() / counts[n] if counts[n] else None) for n, s in self.sums.items()}


def train_epoch(
    learner: Learner,
    rows: Rows,
    order: Tensor,
    batch: int,
    go_on: Callable[[int, float], bool],
) -> Means:
    """Steps through the rows in that order; after each, `go_on(number, objective)` is asked."""
    means = Means()
    learner.module.train()
    for number, index in enumerate(torch.split(order, batch), start=1):
        features, labels = rows.batch(index)
        objective, losses = learner.step(features, labels)
        means.add(objective, losses, labels, len(index))
        if not go_on(number, objective):
            break
    return means


def _culprit(losses: Losses) -> str:
    """The first loss that is not finite; the first of all where only their sum is not."""
    wrong = (name for name, loss in losses.items() if not bool(loss.isfinite().all()))
    return next(wrong, next(iter(losses)))
