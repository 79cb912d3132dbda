"""No feature reads a column that a task's label is made from.

On entry options are resolved; on exit nothing has changed. Neither torch nor data is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Diagnostic, Error, Label
from mtlspec.graph.schema import Schema, TaskField
from mtlspec.source import Span
from mtlspec.words.conditions import ColumnRead, columns_of


class FeatureReadsLabel(Error):
    """A feature does not read the column of a label.

    What it means: a feature and the label of a task are made from one column, so the answer is
    part of what the model reads. It would look perfect in training and be useless in service,
    where the column is not known yet.

    Example:
        features { age : numeric(normalize)   income : category(dim: 8) }
        tasks    { rich : binary(label: income == "50000+.") }

    Instead:
        features { age : numeric(normalize) }
        tasks    { rich : binary(label: income == "50000+.") }

    Why: of all mistakes with data this is the one that costs most and shows least.
    """

    id = "MTL0602"
    title = "a feature does not read the column of a label"
    feature: str
    task: str
    column: str
    feature_span: Span
    label_span: Span

    def headline(self) -> str:
        return f"feature `{self.feature}` and the label of `{self.task}` both read `{self.column}`"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.feature_span, f"reads column `{self.column}`", primary=True),
            Label(self.label_span, f"so does the label of `{self.task}`"),
        ]

    def help(self) -> str:
        return f"leave `{self.feature}` out of the features, or say `leak: yes` if that is meant"


def label_columns(task: TaskField) -> tuple[ColumnRead, ...]:
    """The columns that a task's labels read, where they tell the answer."""
    labels = task.labels if task.word.tells(task.options) else ()
    return tuple(read for label in labels for read in columns_of(label))


def leaks(schema: Schema) -> list[Diagnostic]:
    """An error for each feature that reads the column of a label; a family counts as one task."""
    readers: dict[str, dict[str, ColumnRead]] = {}
    for task in schema.tasks:
        for read in label_columns(task):
            readers.setdefault(read.name, {}).setdefault(task.family or task.name, read)
    return [
        FeatureReadsLabel(feature.name, task, feature.column, feature.span, read.span)
        for feature in schema.features
        if not feature.options.leak and not feature.is_source
        for task, read in readers.get(feature.column, {}).items()
    ]
