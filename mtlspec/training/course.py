"""The epochs of a run: train, evaluate, keep the best, stop early or when asked to."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

from mtlspec.check.training import Select
from mtlspec.data import Rows
from mtlspec.diagnostics import Diagnostic, Error, SpecError, Warn
from mtlspec.graph.schema import TaskField
from mtlspec.training.batches import Batches
from mtlspec.training.checkpoint import Header, save_checkpoint
from mtlspec.training.evaluation import Judges, NotFiniteError
from mtlspec.training.history import Epoch, append_epoch
from mtlspec.training.loop import Counted, Learner, Means, train_epoch
from mtlspec.training.progress import Progress, Step
from mtlspec.training.run_directory import RunDirectory
from mtlspec.training.signals import StopRequest, listen


@dataclass(frozen=True, slots=True)
class Course:
    """What is run through: rows, how often, and what counts as the best."""

    train_rows: Rows
    valid_rows: Rows
    tasks: Sequence[TaskField]
    select: Select
    epochs: int
    patience: int
    batches: Batches
    seed: int
    names: Mapping[str, tuple[str, ...]]
    """Attribute → logical names, for the checkpoints."""

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return self.batches.steps


@dataclass(slots=True)
class Outcome:
    """How a course went; `signal` is the one that stopped it."""

    epochs: list[Epoch] = field(default_factory=list[Epoch])
    signal: int | None = None
    warnings: list[Diagnostic] = field(default_factory=list[Diagnostic])

    @property
    def best(self) -> Epoch | None:
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)


def run_course(
    course: Course, learner: Learner, directory: RunDirectory, progress: Progress
) -> Outcome:
    """Runs the epochs; `best` and `last` are saved after each, `last` also when a signal stops it.

    Raises `SpecError` where a loss or a prediction is not finite (what was saved before stays) and
    where a file cannot be written.
    """
    outcome = Outcome()
    shuffle = torch.Generator().manual_seed(course.seed)
    judges = Judges(course.tasks)
    rows = Counted(course.train_rows, learner.tasks)
    with listen() as stop:
        for number in range(1, course.epochs + 1):
            batches = course.batches.draw(shuffle)
            running = _Running(course, learner, rows, judges, directory, progress, stop, number)
            epoch = running.run(batches, outcome.best)
            if epoch is not None:
                outcome.epochs.append(epoch)
                _keep(course, learner, directory, epoch)
                progress.epoch(epoch)
            if stop:
                outcome.signal = stop.signal
                running.save()
                break
            if number == 1:
                outcome.warnings += _warn(course.select, outcome.epochs[0])
            if _is_exhausted(course, outcome):
                break
    return outcome


class _Running:
    """An epoch while it runs."""

    def __init__(
        self,
        course: Course,
        learner: Learner,
        rows: Counted,
        judges: Judges,
        directory: RunDirectory,
        progress: Progress,
        stop: StopRequest,
        number: int,
    ) -> None:
        self.course, self.learner = course, learner
        self.rows, self.judges = rows, judges
        self.directory, self.progress, self.stop = directory, progress, stop
        self.step = Step(number, 0, 0.0)

    def run(self, batches: Sequence[torch.Tensor], best: Epoch | None) -> Epoch | None:
        """The epoch, or None where a signal ended it before its last step."""
        began = time.perf_counter()
        try:
            means = train_epoch(self.learner, self.rows, batches, self._go_on)
            spent = time.perf_counter() - began
            if self.step.number < self.course.steps:
                return None
            weights = self.learner.end_epoch(means.losses())
            self.progress.evaluate(self.step)
            metrics = self.judges.evaluate(self.learner.module, self.course.valid_rows)
        except NotFiniteError as error:
            raise SpecError([self._not_finite(str(error), best)]) from error
        epoch = self._judge(means, metrics, best, spent, time.perf_counter() - began)
        return replace(epoch, weights=weights)

    def save(self) -> None:
        """Saves the weights as they are, and says where."""
        header = _header(self.course, self.learner, self.step.epoch, self._taken)
        save_checkpoint(self.directory.last, self.learner.module, header)
        self.progress.saved(self.step)

    @property
    def _taken(self) -> int:
        return (self.step.epoch - 1) * self.course.steps + self.step.number

    def _go_on(self, number: int, loss: float) -> bool:
        self.step = Step(self.step.epoch, number, loss)
        self.progress.step(self.step)
        if self.stop:
            self.progress.stopping()
        return not self.stop

    def _judge(
        self,
        means: Means,
        metrics: Mapping[str, float | None],
        best: Epoch | None,
        spent: float,
        seconds: float,
    ) -> Epoch:
        score = self.course.select.score(metrics)
        return Epoch(
            number=self.step.epoch,
            step=self._taken,
            loss=means.loss,
            losses=means.losses(),
            metrics=metrics,
            score=score,
            is_best=_is_best(self.course.select, score, best),
            rows_per_s=means.rows / max(spent, 1e-9),
            seconds=seconds,
        )

    def _not_finite(self, name: str, best: Epoch | None) -> LossNotFinite:
        step = self.step.number if self.step.number == self.course.steps else self.step.number + 1
        kept = str(self.directory.best) if best is not None else ""
        return LossNotFinite(name, self.step.epoch, step, self.course.steps, kept)


def _is_best(select: Select, score: float | None, best: Epoch | None) -> bool:
    """Where nothing can be compared, the latest epoch is the best."""
    if best is None or best.score is None or score is None:
        return True
    return select.is_better(score, than=best.score)


def _header(course: Course, learner: Learner, epoch: int, step: int) -> Header:
    balance = learner.weighing.state()
    return Header(epoch=epoch, step=step, names=course.names, balance=balance)


def _keep(course: Course, learner: Learner, directory: RunDirectory, epoch: Epoch) -> None:
    header = _header(course, learner, epoch.number, epoch.step)
    if epoch.is_best:
        save_checkpoint(directory.best, learner.module, header)
    save_checkpoint(directory.last, learner.module, header)
    append_epoch(directory.metrics, epoch)


def _is_exhausted(course: Course, outcome: Outcome) -> bool:
    best = outcome.best
    return best is not None and outcome.epochs[-1].number - best.number >= course.patience


def _warn(select: Select, epoch: Epoch) -> list[Diagnostic]:
    missing = [str(term) for term in select.terms if epoch.metrics[str(term)] is None]
    return [MetricHasNoValue(name, all_missing=epoch.score is None) for name in missing]


# --- what is told --------------------------------------------------------------------------------


class LossNotFinite(Error):
    """A loss must be a finite number.

    What it means: the loss of a task, or what is predicted for it, became infinite or not a
    number. Training stopped there and saved nothing more; what was saved before is as it was. A
    learning rate that is too large is the usual cause.

    Example:
        train { optimizer : adam(lr: 10) }

    Instead:
        train { optimizer : adam(lr: 1e-3)  clip : 1.0 }

    Why: from a weight that is not a number none ever recovers; to go on would only cost time and
    overwrite the last good checkpoint.
    """

    id = "MTL0703"
    title = "a loss must be a finite number"
    name: str
    epoch: int
    step: int
    steps: int
    kept: str

    def headline(self) -> str:
        return f"the loss of `{self.name}` is not finite"

    def place(self) -> str:
        return f"epoch {self.epoch}, step {self.step} of {self.steps}"

    def notes(self) -> Sequence[str]:
        kept = f"the best weights so far are in {self.kept}" if self.kept else ""
        return (kept,) if kept else ("no epoch had ended, so no weights are kept",)

    def help(self) -> str:
        return "try a smaller learning rate, or `clip : 1.0` in `train`"


class MetricHasNoValue(Warn):
    """What `select` reads should have a value on the validation rows.

    What it means: the validation rows of a task hold no label, or the same one in every row, so
    that its AUC, say, is not defined. `select` leaves it out.

    Instead: validate on more rows, or on a file whose labels differ.

    Why: a made-up value, 0 or 0.5, would decide which epoch is the best.
    """

    id = "metric-without-value"
    title = "what `select` reads should have a value on the validation rows"
    name: str
    all_missing: bool

    def headline(self) -> str:
        return f"`{self.name}` has no value on the validation rows, and `select` leaves it out"

    def notes(self) -> Sequence[str]:
        lost = "nothing else is left to select by: the last epoch counts as the best"
        return (lost,) if self.all_missing else ()

    def help(self) -> str:
        return "validate on rows in which the task's labels differ"
