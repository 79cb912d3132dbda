"""Labels and weights of rows, read from a table: what the loss compares predictions with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.data.conditions import evaluate
from mtlspec.data.files import origin
from mtlspec.data.together import NONE, as_labels
from mtlspec.data.views import path_in, rows_of, seen_rows
from mtlspec.diagnostics import Report, SpecError
from mtlspec.graph.schema import ROWS, Schema, TaskField
from mtlspec.syntax import tree
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.conditions import column_of


class RowWeight(ColumnError):
    """A row counts by a number from 0 on.

    What it means: `rows:` weighs the rows of a task's loss, and in some row that has a label the
    weight is null, negative or infinite.

    Example: `click : binary(rows: importance)` where `importance` is null in some row

    Instead: `click : binary(where: not missing(importance), rows: importance)`, or fill the column

    Why: a weight that is made up would decide what the task learns.
    """

    id = "MTL0624"
    title = "a row counts by a number from 0 on"
    row: int
    value: float
    count: int

    def headline(self) -> str:
        found = "null" if np.isnan(self.value) else f"{self.value:.15g}"
        return f"the weight of a row is {found}"

    def found(self) -> str:
        others = "" if self.count == 1 else f", the first of {self.count:,} such rows"
        return f"{self.column.row(self.row)}{others}"

    def expected(self) -> str:
        return "a number from 0 on in every row that has a label"


@dataclass(frozen=True, slots=True)
class Labels:
    """float32 [N, all widths together]: the labels of each task, and its rows' weights if any.

    A label is NaN where a row has none.
    """

    names: tuple[str, ...]
    widths: tuple[int, ...]
    values: NDArray[np.float32]


def read_labels(
    schema: Schema,
    fitted: Mapping[str, BaseModel],
    table: pa.Table,
    groups: NDArray[np.int64] | None,
    path: str,
    report: Report,
) -> Labels:
    """The labels of all tasks that are trained; those with errors are left out."""
    found: dict[str, NDArray[np.float32]] = {}
    for task in schema.trained:
        seen, place = _seen(task, table, path)
        try:
            labels = _labels(task, fitted.get(task.name), seen, place)
            if task.group is not None:
                assert groups is not None
                labels = _with_groups(labels, groups)
            found[task.name] = labels
            if task.weighted:
                found[f"{task.name}{ROWS}"] = _weights(task, labels, seen, place)
        except SpecError as error:
            report.extend(error.diagnostics)
    empty = np.zeros((table.num_rows, 0), dtype=np.float32)
    values = np.concatenate([empty, *found.values()], axis=1)
    return Labels(tuple(found), tuple(x.shape[1] for x in found.values()), values)


def fit_tasks(schema: Schema, table: pa.Table, path: str) -> dict[str, BaseModel]:
    """What is kept of the training rows' labels, of the tasks that keep something."""
    found: dict[str, BaseModel] = {}
    for task in schema.trained:
        seen, place = _seen(task, table, path)
        for label in task.labels if task.word.fits(task.options) else ():
            values = label_values(task, label, seen)
            fit = task.word.part("run").fit
            found[task.name] = fit(values, task.options, _place(label, seen, place))
    return found


def _seen(task: TaskField, table: pa.Table, path: str) -> tuple[pa.Table, str]:
    """The rows as the task's conditions see them, and where its data set is."""
    return seen_rows(table, task.source), path_in(table.column_names, path, task.source)


def label_values(task: TaskField, label: tree.Expr, table: pa.Table) -> pa.ChunkedArray:
    """One of a task's labels, null where a row is outside its sample space or data set."""
    column = column_of(label)
    if column and task.word.reads_lists(task.options):
        values = table.column(column.name)
    else:
        values = evaluate(label, table)
    for kept in (rows_of(table, task.source), _sample_space(task, table)):
        if kept is not None:
            values = pc.if_else(kept, values, pa.scalar(None, values.type))
    return values


def _sample_space(task: TaskField, table: pa.Table) -> pa.ChunkedArray | None:
    """bool [N]: the rows that `where:` keeps; None where all are."""
    where = task.options.where
    return where and evaluate(where.tree, table).cast(pa.bool_()).fill_null(False)


def _labels(
    task: TaskField, fitted: BaseModel | None, table: pa.Table, path: str
) -> NDArray[np.float32]:
    """[N, labels] of one task."""
    read = task.word.part("run").read_labels
    columns: list[NDArray[np.float32]] = [
        read(label_values(task, label, table), task.options, fitted, _place(label, table, path))
        for label in task.labels
    ]
    return np.concatenate([x if x.ndim == 2 else x[:, None] for x in columns], axis=1)


def _with_groups(labels: NDArray[np.float32], groups: NDArray[np.int64]) -> NDArray[np.float32]:
    """[N, labels + 1]: the number of a row's group beside its labels; a row needs both."""
    both = np.concatenate([labels, as_labels(groups)], axis=1)
    known = ~np.isnan(labels).all(axis=1) & (groups != NONE)
    return np.where(known[:, None], both, np.float32(np.nan))


def _weights(
    task: TaskField, labels: NDArray[np.float32], table: pa.Table, path: str
) -> NDArray[np.float32]:
    """[N, 1]: how much each row counts, by its label and by `rows:`; 0 where it has no label."""
    weights = np.ones(len(labels), dtype=np.float32)
    if task.options.rows is not None:
        weights = _given(task.options.rows.tree, labels, table, path)
    if task.word.weighs(task.options):
        weights = weights * task.word.part("run").weigh(labels, task.options)
    unlabelled = np.isnan(labels).all(axis=1)
    return np.where(unlabelled, np.float32(0), weights.astype(np.float32))[:, None]


def _given(
    expr: tree.Expr, labels: NDArray[np.float32], table: pa.Table, path: str
) -> NDArray[np.float32]:
    """[N]: what `rows:` says; anything in a row that has no label."""
    weights = evaluate(expr, table).cast(pa.float64(), safe=False).to_numpy().astype(np.float32)
    labelled = ~np.isnan(labels).all(axis=1)
    wrong = np.flatnonzero(labelled & ~((weights >= 0) & np.isfinite(weights)))
    if len(wrong):
        row = int(wrong[0])
        place = _place(expr, table, path)
        raise SpecError([RowWeight(place, row=row, value=float(weights[row]), count=len(wrong))])
    return weights


def _place(expr: tree.Expr, table: pa.Table, path: str) -> ColumnPlace:
    return ColumnPlace(path, expr.span.text, expr.span, origin(table))
