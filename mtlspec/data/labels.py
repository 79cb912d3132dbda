"""Whether the training rows' labels can teach a task anything."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mtlspec.data.rows import Rows
from mtlspec.data.views import locate
from mtlspec.diagnostics import Diagnostic, Error, Label, Warn
from mtlspec.graph.schema import ROWS, Schema
from mtlspec.source import Span


class NoLabels(Error):
    """A task has a label in some training row.

    What it means: in all training rows the task's label is null, or its `where:` keeps none.

    Example:
        buy : binary(label: bought, where: clicked == 2)

    Instead:
        buy : binary(label: bought, where: clicked == 1)

    Why: the task would be trained on nothing and its predictions would be noise.
    """

    id = "MTL0616"
    title = "a task has a label in some training row"
    task: str
    span: Span
    path: str

    def headline(self) -> str:
        return f"task `{self.task}` has no label in the training rows"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "null in every row, or left out by `where:`", primary=True)]

    def place(self) -> str:
        return self.path


class NothingCounts(Error):
    """A task has a row that counts in the training rows.

    What it means: there are labels, but none of their rows counts: `rows:` is 0 in all of them, or,
    of `ranking`, no group has two candidates of different relevance.

    Example:
        rank : ranking(group: row_id)

    Instead:
        rank : ranking(group: query_id)

    Why: the loss would be 0 from the first step on, and the predictions noise.
    """

    id = "MTL0661"
    title = "a task has a row that counts in the training rows"
    task: str
    group: str
    span: Span
    path: str

    def headline(self) -> str:
        return f"no training row counts for `{self.task}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "of no weight in all rows that have a label", primary=True)]

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        if not self.group:
            return ""
        return f"a group needs rows of different labels: is `{self.group}` what tells groups apart?"


class ConstantLabel(Warn):
    """A task's label has more than one value in the training rows.

    What it means: all training rows with a label have the same one. There is nothing to tell
    apart, and metrics such as AUC have no value.

    Example:
        rich : binary(label: income == "50000")

    Instead:
        rich : binary(label: income == "50000+.")

    Why: it is most often a misspelt value in the condition.
    """

    id = "constant-label"
    title = "a task's label has more than one value in the training rows"
    task: str
    label: str
    """Which of several labels; empty for the only one."""
    value: float | None
    span: Span

    def headline(self) -> str:
        which = f"`{self.label}` of `{self.task}`" if self.label else f"the label of `{self.task}`"
        value = "the same" if self.value is None else f"{self.value:g}"
        return f"{which} is {value} in all training rows that have one"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "the same in every row", primary=True)]


def check_labels(
    schema: Schema, rows: Rows, index: Tensor | None = None, path: str = "the table"
) -> list[Diagnostic]:
    """What is wrong with the labels of the training rows (all rows, or those of `index`).

    A task without any label is an error (MTL0616), and one without a row that counts (MTL0661); one
    with a single value a warning (`constant-label`).
    """
    picked = rows if index is None else rows.take(index)
    _, labels = picked.batch(slice(None))
    found: list[Diagnostic] = []
    for task in schema.trained:
        known = [column[~torch.isnan(column)] for column in labels[task.name].unbind(1)]
        if not any(map(len, known)):
            found.append(NoLabels(task.name, task.span, locate(path, task.source)))
            continue
        weights = labels.get(f"{task.name}{ROWS}")
        if weights is not None and not weights.any():
            group = task.group.span.text if task.group else ""
            found.append(NothingCounts(task.name, group, task.span, path))
            continue
        for label, values in zip(task.labels, known, strict=False):
            if not len(values) or values.min() == values.max():
                text = label.span.text if len(known) > 1 else ""
                value = float(values[0]) if len(values) else None
                named = bool(task.word.class_names(task.options, None)) and not text
                found.append(ConstantLabel(task.name, text, None if named else value, task.span))
    return found
