"""One step and one epoch of training: losses, their weighing, gradients, the optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import Parameter
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.optimizer import ParamsT

from mtlspec.data import Rows
from mtlspec.graph.schema import ROWS, TaskField
from mtlspec.training.evaluation import NotFiniteError, score_batch
from mtlspec.training.schedule import rate_factor
from mtlspec.words.balance import Goal
from mtlspec.words.balance.equal.run import SharedPart, State
from mtlspec.words.optimisers import OptimiserOptions
from mtlspec.words.train import Train
from mtlspec.words.word import Bound, Options

Batch = Mapping[str, Tensor]
Losses = Mapping[str, Tensor]


class Weighing(Protocol):
    """What a balancing method does: `run.Weighing` of a word of kind `balance`."""

    @property
    def wants_scores(self) -> bool:
        """Whether it has to hear how well each task does on a batch before the step on it."""
        ...

    def hear_scores(self, scores: Mapping[str, float]) -> None:
        """Takes these in, from 0 to 1 each; a task whose metric has no value is not among them."""
        ...

    def weights(self) -> Mapping[str, float]:
        """What each task's loss is multiplied by now."""
        ...

    def backward(self, losses: Losses, present: Collection[str]) -> Tensor:
        """Adds gradients to the parameters; returns the objective, detached.

        `present` are the tasks of which the batch has a label; the loss of another is 0.
        """
        ...

    def end_epoch(self, losses: Mapping[str, float | None]) -> None:
        """Takes in the epoch's mean losses; None for a task without a label."""
        ...

    def state(self) -> State:
        """What it has to remember to go on later: quantity → task → value."""
        ...

    def restore(self, state: Mapping[str, Mapping[str, float]]) -> None:
        """Goes on from what `state` gave."""
        ...


class Proximal(Protocol):
    """A module some of whose loss terms are proximal steps."""

    def prox(self, rate: float) -> None:
        """Sets weights after a step of the optimiser, by proximal steps of this size."""
        ...


@dataclass(frozen=True, slots=True)
class Learner:
    """A module with what changes its weights."""

    module: nn.Module
    tasks: Sequence[TaskField]
    loss: Callable[[Batch, Batch], Losses]
    optimizer: Optimizer
    schedule: LambdaLR
    weighing: Weighing
    clip: float | None
    shows_weights: bool
    """Whether the weights of the tasks change while training."""
    stride: float
    """The size of a proximal step, in learning rates."""

    def step(self, batch: Batch, labels: Batch, present: Collection[str]) -> tuple[float, Losses]:
        """Takes a step; returns the objective and the losses before it.

        `present` are the tasks of which the batch has a label.

        Raises `NotFiniteError` for the first loss that is not finite; no weight has changed then.
        """
        if self.weighing.wants_scores:
            self.weighing.hear_scores(score_batch(self.module, batch, labels, self.tasks))
        self.optimizer.zero_grad()
        losses = self.loss(batch, labels)
        objective = self.weighing.backward(losses, present).item()
        if not math.isfinite(objective):
            raise NotFiniteError(_culprit(losses))
        if self.clip is not None:
            nn.utils.clip_grad_norm_(self.module.parameters(), self.clip)
        self.optimizer.step()
        if hasattr(self.module, "prox"):
            cast("Proximal", self.module).prox(self.stride * self._rate())
        self.schedule.step()
        return objective, losses

    def end_epoch(self, losses: Mapping[str, float | None]) -> Mapping[str, float]:
        """Tells the balance the epoch's mean losses; returns the weights that its last step had.

        There are none where they never change.
        """
        weights = self.weighing.weights()
        self.weighing.end_epoch(losses)
        return weights if self.shows_weights else {}

    def _rate(self) -> float:
        """The learning rate of this step, of parameters without a factor of their own."""
        group = self.optimizer.param_groups[0]
        return group["lr"] / group["factor"]


def build_learner(
    module: nn.Module,
    train: Train,
    tasks: Iterable[TaskField],
    steps: int,
    rates: Mapping[str, float] | None = None,
    shared: Mapping[str, tuple[int, ...] | None] | None = None,
) -> Learner:
    """A learner for `steps` steps in all, as `train { … }` says.

    `rates` gives factors on the learning rate, by the name of the parameter; `shared` names the
    parameters of the last layer that all tasks share, with the members that they do.
    """
    build = cast(
        Callable[[ParamsT, Options], Optimizer],
        train.optimizer.word.part("run").build,
    )
    options = train.optimizer.options
    assert isinstance(options, OptimiserOptions)
    optimizer = build(_groups(module, options.lr, rates or {}), options)
    tasks = tuple(tasks)
    return Learner(
        module=module,
        tasks=tasks,
        loss=cast(Callable[[Batch, Batch], Losses], module.loss),
        optimizer=optimizer,
        schedule=LambdaLR(optimizer, rate_factor(options, steps)),
        weighing=_build_weighing(train.balance, tasks, _parts(module, shared or {})),
        clip=train.clip,
        shows_weights=train.adapts,
        stride=options.stride,
    )


def _groups(module: nn.Module, rate: float, rates: Mapping[str, float]) -> list[dict[str, object]]:
    """The parameters in groups of one learning rate each, in the order of the module."""
    groups: dict[float, list[Parameter]] = {}
    for name, parameter in module.named_parameters():
        if not parameter.requires_grad:
            continue
        groups.setdefault(rates.get(name, 1.0), []).append(parameter)
    return [{"params": p, "lr": rate * factor, "factor": factor} for factor, p in groups.items()]


def _parts(
    module: nn.Module, shared: Mapping[str, tuple[int, ...] | None]
) -> tuple[SharedPart, ...]:
    return tuple(SharedPart(module.get_parameter(n), members) for n, members in shared.items())


def _build_weighing(
    balance: Bound, tasks: Iterable[TaskField], shared: Sequence[SharedPart]
) -> Weighing:
    build = cast(
        Callable[[Options, Mapping[str, Goal], Sequence[SharedPart]], Weighing],
        balance.word.part("run").Weighing,
    )
    goals = {
        task.name: Goal(task.options.weight, task.word.likelihood(task.options), task.family)
        for task in tasks
    }
    return build(balance.options, goals, shared)


class Means:
    """Running means of an epoch: the objective by rows, a task's loss by its labelled rows."""

    def __init__(self) -> None:
        self.rows = 0
        self.objective = 0.0
        self.names: tuple[str, ...] = ()
        self.sums = torch.zeros(0)
        self.counts = torch.zeros(0)

    def add(
        self, objective: float, losses: Losses, labelled: Mapping[str, float], rows: int
    ) -> None:
        """Takes in a batch; a loss term that is no task's is averaged over all rows."""
        values = torch.stack([loss.detach() for loss in losses.values()])
        counts = values.new_tensor([labelled.get(name, rows) for name in losses])
        sums = values * counts
        self.sums, self.counts = (
            (self.sums + sums, self.counts + counts) if self.rows else (sums, counts)
        )
        self.names = tuple(losses)
        self.rows += rows
        self.objective += objective * rows

    @property
    def loss(self) -> float:
        return self.objective / max(1, self.rows)

    def losses(self) -> dict[str, float | None]:
        """By name; None for a task that had no label in the whole epoch."""
        found = zip(self.names, self.sums.unbind(), self.counts.unbind(), strict=True)
        return {name: float(total / count) if count else None for name, total, count in found}


class Counted:
    """Rows to learn from, and how much each of them counts for each task.

    1 where there is a label, or the row's weight; else 0. It is found once, for all rows at once:
    batch by batch it would take as long as the step where there are a hundred tasks.
    """

    def __init__(self, rows: Rows, tasks: Sequence[TaskField]) -> None:
        self._rows = rows
        self._tasks = [task.name for task in tasks]
        _, labels = rows.batch(slice(None))
        columns = [
            weights[:, 0]
            if (weights := labels.get(f"{name}{ROWS}")) is not None
            else (~labels[name].isnan().all(dim=1)).float()
            for name in self._tasks
        ]
        self._counts = torch.stack(columns, dim=1)  # [N, tasks]

    def batch(self, index: Tensor) -> tuple[Batch, Batch, dict[str, float]]:
        """Features and labels of some rows, and by task what they count."""
        counts = self._counts[index].sum(dim=0).cpu().unbind()
        return *self._rows.batch(index), dict(zip(self._tasks, map(float, counts), strict=True))


def train_epoch(
    learner: Learner,
    rows: Counted,
    batches: Iterable[Tensor],
    go_on: Callable[[int, float], bool],
) -> Means:
    """Takes a step on the rows of each batch; after it, `go_on(number, objective)` is asked."""
    means = Means()
    learner.module.train()
    for number, index in enumerate(batches, start=1):
        features, labels, labelled = rows.batch(index)
        present = {name for name, count in labelled.items() if count}
        objective, losses = learner.step(features, labels, present)
        means.add(objective, losses, labelled, len(index))
        if not go_on(number, objective):
            break
    return means


def _culprit(losses: Losses) -> str:
    """The first loss that is not finite; the first of all where only their sum is not."""
    wrong = (name for name, loss in losses.items() if not bool(loss.isfinite().all()))
    return next(wrong, next(iter(losses)))
