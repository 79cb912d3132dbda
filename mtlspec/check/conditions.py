"""Conditions on the raw row are made of columns, values and a few signs.

On entry options are resolved; on exit nothing has changed. Which columns there are is known only
with data, and checked there.
"""

from __future__ import annotations

from mtlspec.diagnostics import Diagnostic
from mtlspec.graph.schema import Schema
from mtlspec.syntax import tree
from mtlspec.words.conditions import check_form


def conditions_read_columns(schema: Schema) -> list[Diagnostic]:
    """An error (MTL0622) for each part of a `label:` or `where:` that has no meaning there."""
    conditions = [
        condition.tree
        for task in schema.tasks
        for condition in (task.options.label, task.options.where)
        if condition is not None and not isinstance(condition.tree, tree.NoneValue)
    ]
    return [error for condition in conditions for error in check_form(condition)]
