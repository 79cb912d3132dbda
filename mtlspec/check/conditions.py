"""Conditions on the raw row are made of columns, values and a few signs.

On entry options are resolved; on exit nothing has changed. Which columns there are is known only
with data, and checked there.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtlspec.diagnostics import Diagnostic
from mtlspec.graph.schema import Schema, TaskField
from mtlspec.syntax import tree
from mtlspec.words.conditions import check_form


def conditions_read_columns(schema: Schema) -> list[Diagnostic]:
    """An error (MTL0622) for each part of a task's conditions that has no meaning there."""
    return [error for t in schema.tasks for c in _conditions(t) for error in check_form(c)]


def _conditions(task: TaskField) -> Iterator[tree.Expr]:
    yield from task.labels
    for condition in (task.options.where, task.options.rows):
        if condition is not None:
            yield condition.tree
