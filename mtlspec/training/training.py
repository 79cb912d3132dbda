"""Training, whole: data in, a run's folder out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import nn

from mtlspec.check.training import Select, read_select
from mtlspec.data.members import check_members
from mtlspec.diagnostics import Diagnostic, Error, SpecError
from mtlspec.emit.compiled import Compiled
from mtlspec.graph.schema import TaskField
from mtlspec.training.batches import plan_batches
from mtlspec.training.course import Course, Outcome, run_course
from mtlspec.training.datasets import Prepared, prepare
from mtlspec.training.display import ProgressMode, choose_progress
from mtlspec.training.files import write_text
from mtlspec.training.history import Epoch
from mtlspec.training.info import BestEpoch, RunInfo, Status, versions, write_info
from mtlspec.training.learnable import refuse_nothing_to_learn
from mtlspec.training.loop import Learner, build_learner
from mtlspec.training.progress import Progress, Start
from mtlspec.training.reproduce import reproducible
from mtlspec.training.run_directory import RunDirectory, claim

CompileSpec = Callable[[Mapping[str, int] | None], Compiled]
"""Compiles the spec, with the tables' sizes once they are known; raises `SpecError`."""


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What is asked for beside the spec; None leaves the spec's own word or the default."""

    spec: str
    """The spec as it was named: it names the run."""
    data: str
    valid: str | None = None
    """A share of the rows, such as `0.1`, or another data set."""
    out: str | None = None
    seed: int | None = None
    threads: int | None = None
    progress: ProgressMode = "auto"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of it. `signal` is the one that stopped training, if one did."""

    directory: RunDirectory
    info: RunInfo
    select: Select
    titles: Mapping[str, Mapping[str, str]]
    """Task → metric → title."""
    epochs: tuple[Epoch, ...]
    best: Epoch | None
    warnings: tuple[Diagnostic, ...]
    signal: int | None


def train(request: TrainRequest, compile_spec: CompileSpec) -> RunResult:
    """Trains a spec and leaves a run's folder behind.

    read → check → split → fit on the training rows → compile with the tables' sizes → seed →
    epochs → best checkpoint. Raises `SpecError` for all that is wrong with spec, data and files.
    """
    draft = compile_spec(None)
    select = _read_select(draft)
    seed = draft.train.seed if request.seed is None else request.seed
    valid = draft.train.valid if request.valid is None else _read_valid(request.valid)
    with claim(request.out, request.spec) as directory, reproducible(seed, request.threads):
        data = prepare(draft.schema, request.data, valid, seed)
        compiled = compile_spec(data.fitted.sizes)
        module = compiled.module(seed, data.fitted.sizes)
        without_member = check_members(compiled.plan.places.values(), data.train)
        refuse_nothing_to_learn(module, request.spec)
        course = _plan_course(compiled, data, select, seed)
        info = _describe_run(request, directory, data, course, module)
        _write_start(directory, compiled, data, info)
        steps = course.steps * course.epochs
        shared = compiled.last_shared if compiled.train.needs_shared_layer else None
        learner = build_learner(module, compiled.train, course.tasks, steps, compiled.rates, shared)
        with choose_progress(request.progress, sys.stderr) as progress:
            progress.start(_start(directory, info, compiled, course, data))
            outcome = _follow(course, learner, directory, progress, info)
            progress.end(outcome.epochs)
    info = _with_outcome(info, outcome, "stopped" if outcome.signal else "finished")
    write_info(directory, info)
    return RunResult(
        directory=directory,
        info=info,
        select=select,
        titles=titles_of(course.tasks),
        epochs=tuple(outcome.epochs),
        best=outcome.best,
        warnings=(*data.warnings, *without_member, *outcome.warnings),
        signal=outcome.signal,
    )


def _read_select(compiled: Compiled) -> Select:
    written = compiled.train.select
    select = read_select(written.tree if written else None, compiled.schema)
    if isinstance(select, Select):
        return select
    raise SpecError(select)


def _read_valid(text: str) -> float | str:
    """A share where it is a number, else a data set."""
    try:
        share = float(text)
    except ValueError:
        return text
    if not 0 < share < 1:
        raise SpecError([ShareOutOfRange(text)])
    return share


def _plan_course(compiled: Compiled, data: Prepared, select: Select, seed: int) -> Course:
    return Course(
        train_rows=data.train,
        valid_rows=data.valid,
        tasks=compiled.schema.trained,
        select=select,
        epochs=compiled.train.epochs,
        patience=compiled.train.patience,
        batches=plan_batches(data.train, compiled.train.batch),
        seed=seed,
        names=compiled.names,
    )


def _describe_run(
    request: TrainRequest,
    directory: RunDirectory,
    data: Prepared,
    course: Course,
    module: nn.Module,
) -> RunInfo:
    return RunInfo(
        name=directory.path.name,
        spec=request.spec,
        status="running",
        started=datetime.now(UTC),
        versions=versions(),
        seed=course.seed,
        threads=torch.get_num_threads(),
        device="cpu",
        data=data.data,
        valid=data.valid_data,
        train_rows=len(data.train),
        valid_rows=len(data.valid),
        sizes=data.fitted.sizes,
        parameters=sum(weight.numel() for weight in module.parameters()),
        select=str(course.select),
    )


def _write_start(
    directory: RunDirectory, compiled: Compiled, data: Prepared, info: RunInfo
) -> None:
    directory.make_folders()
    write_text(directory.spec, compiled.spec_text)
    write_text(directory.model, compiled.source)
    write_text(directory.fitted, data.fitted.to_json())
    write_info(directory, info)


def _start(
    directory: RunDirectory, info: RunInfo, compiled: Compiled, course: Course, data: Prepared
) -> Start:
    return Start(
        run=str(directory.path),
        spec=Path(info.spec.rpartition(":")[2]).name,
        tasks=titles_of(course.tasks),
        parameters=info.parameters,
        balance=str(compiled.train.balance),
        shows_weights=compiled.train.adapts,
        train_rows=info.train_rows,
        valid_rows=info.valid_rows,
        fit_seconds=data.fit_seconds,
        epochs=course.epochs,
        steps=course.steps,
        batch=compiled.train.batch,
        device=info.device,
        threads=info.threads,
        seed=info.seed,
    )


def _follow(
    course: Course,
    learner: Learner,
    directory: RunDirectory,
    progress: Progress,
    info: RunInfo,
) -> Outcome:
    """Runs the epochs; a run that fails says so in `run.json`."""
    try:
        return run_course(course, learner, directory, progress)
    except SpecError:
        with suppress(SpecError):  # what failed may be the disk
            write_info(directory, info.model_copy(update={"status": "failed"}))
        raise


def _with_outcome(info: RunInfo, outcome: Outcome, status: Status) -> RunInfo:
    best = outcome.best
    kept = best and BestEpoch(
        epoch=best.number, step=best.step, score=best.score, metrics=best.metrics
    )
    return info.model_copy(
        update={
            "status": status,
            "ended": datetime.now(UTC),
            "epochs": len(outcome.epochs),
            "best": kept,
        }
    )


def titles_of(tasks: Sequence[TaskField]) -> dict[str, dict[str, str]]:
    """Task → metric → what a table's head says."""
    return {
        task.name: {str(metric): metric.heading for metric in task.metrics}
        for task in tasks
        if task.trained
    }


class ShareOutOfRange(Error):
    """A share of rows lies between 0 and 1.

    What it means: a number after `--valid` is the share of the rows that is held out.

    Example:
        mtlspec train ple.mtl --data census.parquet --valid 10

    Instead:
        mtlspec train ple.mtl --data census.parquet --valid 0.1

    Why: with nothing held out the best epoch could not be told, and with everything nothing
    would be learned.
    """

    id = "MTL0712"
    title = "a share of rows lies between 0 and 1"
    text: str

    def headline(self) -> str:
        return f"`--valid {self.text}` is not a share of the rows"

    def expected(self) -> str:
        return "a number between 0 and 1, or a data set"
