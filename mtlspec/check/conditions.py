"""Conditions on the raw row are made of columns, values and a few signs.

On entry options are resolved; on exit nothing has changed. Which columns there are is known only
with data, and checked there.
"""

from __future__ import annotations

from mtlspec.diagnostics import Diagnostic
from mtlspec.graph.schema import Schema
from mtlspec.words.conditions import check_form


def conditions_read_columns(schema: Schema) -> list[Diagnostic]:
    """An error (MTL0622) for each part of a task's conditions that has no meaning there."""
    return [error for task in schema.tasks for c in task.conditions for error in check_form(c)]
