"""Whether the columns of a data set are what the spec reads: names and types, no rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from mtlspec.data.condition_types import check_condition, check_weight, check_where
from mtlspec.data.conditions import result_type
from mtlspec.data.grouping import check_grouping, grouped_by
from mtlspec.data.missing_columns import check_columns, told_together
from mtlspec.data.together import check_group
from mtlspec.data.views import path_in, seen_columns
from mtlspec.diagnostics import Diagnostic, Error, Label
from mtlspec.graph.schema import FeatureField, Schema, TaskField
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.conditions import ColumnRead, column_of, columns_of


class ColumnOfOtherType(Error):
    """A feature reads a column of a type that it can encode.

    What it means: a column is a time, a list, a struct or bytes, or a number was asked for where
    the data has strings.

    Example:
        name : numeric(normalize)

    Instead:
        name : category(dim: 8)

    Why: to turn one into the other, somebody has to say how.
    """

    id = "MTL0611"
    title = "a feature reads a column of a type that it can encode"
    feature: str
    kind: str
    column: str
    type: str
    possible: str
    span: Span
    path: str

    def headline(self) -> str:
        return f"`{self.kind}` cannot read `{self.column}`, which is {self.type} in `{self.path}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"type {self.type}", primary=True)]

    def place(self) -> str:
        return self.path

    def expected(self) -> str:
        return self.possible

    def help(self) -> str:
        if self.type == "string":
            return "a column of strings is a category: `category(dim: 8)`"
        if "list<" in self.type:
            return "a column of lists is a sequence: `sequence(of: category(dim: 8), max: 50)`"
        return "write it into the data as a number or a string"


class LabelOfOtherType(Error):
    """A label is of a type that its task takes.

    What it means: the column, or the condition, that `label:` names is of another type.

    Example:
        income : binary(label: income_50k)

    Instead:
        income : binary(label: income_50k == "50000+.")

    Why: which strings count as a yes has to be said.
    """

    id = "MTL0615"
    title = "a label is of a type that its task takes"
    task: str
    kind: str
    type: str
    possible: str
    text: str
    span: Span
    path: str

    def headline(self) -> str:
        return f"the label of `{self.task}` is {self.type} in `{self.path}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"type {self.type}", primary=True)]

    def place(self) -> str:
        return self.path

    def expected(self) -> str:
        return f"{self.possible}, as `{self.kind}` takes them"

    def help(self) -> str:
        if self.type != "string" or self.kind != "binary":
            return ""
        return f'say which values are a yes, for example `label: {self.text} == "…"`'


def needed_columns(schema: Schema, *, labels: bool = True) -> tuple[str, ...]:
    """The columns that a schema reads, each once, in the order of the spec."""
    names = [feature.column for feature in schema.features if feature.served or labels]
    if labels:
        names += [name for task in schema.trained for name in columns_of_task(task)]
    return tuple(dict.fromkeys(names))


def columns_of_features(schema: Schema) -> dict[str, FeatureField]:
    """The columns of the data that features read, each with the first that does."""
    found: dict[str, FeatureField] = {}
    for feature in schema.features:
        if not feature.is_source:
            found.setdefault(feature.column, feature)
    return found


def columns_of_task(task: TaskField) -> Iterator[str]:
    """The columns that a task's conditions read, in reading order, and that metrics are by."""
    for condition in task.conditions:
        yield from (read.name for read in columns_of(condition))
    yield from (read.name for read in grouped_by(task))


def check_schema(
    schema: Schema, columns: pa.Schema, path: str, *, labels: bool = True
) -> list[Diagnostic]:
    """All that is wrong with the columns of a data set (MTL06); without `labels`, features only."""
    found = check_features(schema, columns, path, labels=labels)
    for task in schema.trained if labels else ():
        seen = seen_columns(columns, task.source)
        found += check_task(task, seen, path_in(columns.names, path, task.source))
    return told_together(found)


def check_features(
    schema: Schema, columns: pa.Schema, path: str, *, labels: bool
) -> list[Diagnostic]:
    """All that is wrong with the columns that features read; without `labels`, as they serve."""
    return [
        error
        for feature in schema.features
        if feature.served or labels
        for error in _check_feature(feature, columns, path)
    ]


def check_task(task: TaskField, columns: pa.Schema, path: str) -> list[Diagnostic]:
    """All that is wrong with the columns that a task's conditions read."""
    found = [error for label in task.labels for error in _check_label(task, label, columns, path)]
    if task.options.where:
        found += check_where(task.options.where.tree, columns, path)
    if task.options.rows:
        found += check_weight(task.options.rows.tree, columns, path)
    if task.group:
        found += check_group(task.group, columns, path)
    return [*found, *check_grouping(task, columns, path)]


def _check_feature(feature: FeatureField, columns: pa.Schema, path: str) -> Iterator[Diagnostic]:
    name = feature.column
    if name not in columns.names:
        yield from check_columns([ColumnRead(name, feature.span)], columns.names, path)
        return
    dtype = columns.field(name).type
    run = feature.word.part("run")
    if run.input_kind(dtype) is None:
        yield ColumnOfOtherType(
            feature.name,
            feature.word.name,
            name,
            _type_name(dtype),
            run.POSSIBLE,
            feature.span,
            path,
        )


def _check_label(
    task: TaskField, label: tree.Expr, columns: pa.Schema, path: str
) -> Iterator[Diagnostic]:
    column = column_of(label)
    if column and column.name in columns.names and task.word.reads_lists(task.options):
        dtype = columns.field(column.name).type
    else:
        kind, found = check_condition(label, columns, path)
        yield from found
        if not kind or found:
            return
        dtype = result_type(label, columns)
    run, text = task.word.part("run"), label.span.text
    if not run.accepts(dtype, task.options):
        kind, possible = task.word.name, run.POSSIBLE
        yield LabelOfOtherType(task.name, kind, _type_name(dtype), possible, text, label.span, path)


def _type_name(dtype: pa.DataType) -> str:
    return _type_name(dtype.value_type) if isinstance(dtype, pa.DictionaryType) else str(dtype)
