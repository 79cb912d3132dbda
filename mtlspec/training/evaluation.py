"""Metrics of every task on validation rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from mtlspec.data import Rows
from mtlspec.graph.schema import TaskField
from mtlspec.words.metrics import BoundMetric, Judged
from mtlspec.words.metrics._by_value.run import MeanByValue, Metric

_ROWS = 8192
"""Rows of one batch; nothing is learned from them, so only speed and memory matter."""

Batch = Mapping[str, Tensor]


class NotFiniteError(Exception):
    """A task's loss or prediction is infinite or not a number; its text is the task's name."""


def evaluate(module: nn.Module, rows: Rows, tasks: Sequence[TaskField]) -> dict[str, float | None]:
    """The metrics of these tasks on these rows, as `Judges` finds them."""
    return Judges(tasks).evaluate(module, rows)


class Judges:
    """The metrics of tasks, built once: a hundred take longer to build than to compute."""

    def __init__(self, tasks: Sequence[TaskField]) -> None:
        self._by_task = {task.name: _Judge(task, task.metrics) for task in tasks}

    def evaluate(self, module: nn.Module, rows: Rows) -> dict[str, float | None]:
        """The metrics by `task.metric`, with the module in evaluation mode.

        A metric that has no value on these rows (no label, or labels of one class) is None. Raises
        `NotFiniteError` for a task whose predictions are not finite.
        """
        for judge in self._by_task.values():
            judge.reset()
        was_training = module.training
        module.eval()
        with torch.no_grad():
            for start in range(0, len(rows), _ROWS):
                batch, labels = rows.batch(slice(start, min(start + _ROWS, len(rows))))
                outputs = _outputs(module, batch)
                for judge in self._by_task.values():
                    judge.update(outputs, labels)
        module.train(was_training)
        return {key: value for judge in self._by_task.values() for key, value in judge.compute()}


def score_batch(
    module: nn.Module, batch: Batch, labels: Batch, tasks: Sequence[TaskField]
) -> dict[str, float]:
    """How well each task does on a batch, from 0 to 1, by its main metric, in evaluation mode.

    A task whose metric has no value on these rows is left out.
    """
    was_training = module.training
    module.eval()
    with torch.no_grad():
        outputs = _outputs(module, batch)
    module.train(was_training)
    scores: dict[str, float] = {}
    for task in tasks:
        main = task.metrics[0]
        judge = _Judge(task, [main])
        judge.update(outputs, labels)
        ((_, value),) = judge.compute()
        if value is not None:
            scores[task.name] = main.word.share(value)
    return scores


def _outputs(module: nn.Module, batch: Batch) -> Mapping[str, Batch]:
    """The `predictions` for a batch and what is `served` of them, by task.

    They are in float64, where probabilities near 1 are still told apart.
    """
    found: Batch = module(batch)
    for task, output in found.items():
        if not bool(output.isfinite().all()):
            raise NotFiniteError(task)
    serve = cast("Callable[[Batch], Batch]", module.serve)
    predictions = {name: output.double() for name, output in found.items()}
    return {"predictions": predictions, "served": serve(predictions)}


class _Judge:
    """The metrics of a task."""

    def __init__(self, task: TaskField, metrics: Sequence[BoundMetric]) -> None:
        self.task, self.group_name = task.name, task.group_name
        judged = Judged(task.word.answer, task.served)
        self.metrics = [(bound, build_metric(bound, judged)) for bound in metrics]
        self.rows = 0

    def reset(self) -> None:
        """Forgets all rows."""
        if self.rows:
            for _, metric in self.metrics:
                metric.reset()
        self.rows = 0

    def update(self, outputs: Mapping[str, Batch], labels: Batch) -> None:
        """Takes the rows that have a label."""
        target = labels[self.task]
        present = ~target.isnan().all(dim=1)
        count = int(present.sum())
        if count:
            for bound, metric in self.metrics:
                judged, by = outputs[bound.word.reads][self.task], bound.options.by
                values = [] if by is None else [labels[self.group_name(by)][present]]
                metric.update(judged[..., present, :], target[present], *values)
            self.rows += count

    def compute(self) -> Iterator[tuple[str, float | None]]:
        for bound, metric in self.metrics:
            value = float(metric.compute()) if self.rows else math.nan
            yield f"{self.task}.{bound}", None if math.isnan(value) else value


def build_metric(bound: BoundMetric, judged: Judged) -> Metric:
    """A fresh metric; with `by:` its mean over the values of the column."""
    metric = bound.word.part("run").build(judged, bound.options)
    return cast("Metric", metric if bound.options.by is None else MeanByValue(metric))
