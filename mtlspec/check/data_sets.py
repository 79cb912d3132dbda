"""Rules of data sets: what tells them apart, and what is read of them.

On entry options are resolved; on exit nothing has changed. What lies at their paths is known only
with data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.build import Built
from mtlspec.graph.schema import TaskField
from mtlspec.source import Span
from mtlspec.words.data_sets import SOURCE, name_of


class DataSetsOfOneName(Error):
    """Each data set has a name of its own.

    What it means: a data set is called by its path without the ending of a file, and two are called
    alike. What tasks without `from:` read is called `data`.

    Example:
        sst : binary(from: "sst.parquet")
        rte : binary(from: "sst.csv")

    Instead:
        sst : binary(from: "sst.parquet")
        rte : binary(from: "rte.csv")

    Why: `source` tells a row's data set by its name.
    """

    id = "MTL0672"
    title = "each data set has a name of its own"
    name: str
    first: Span
    first_path: str | None
    second: Span
    second_path: str | None

    def headline(self) -> str:
        return f"two data sets are called `{self.name}`"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, _shown(self.second_path), primary=True),
            Label(self.first, _shown(self.first_path)),
        ]

    def help(self) -> str:
        return "rename a file: a data set is called by its path, without the ending"


def _shown(path: str | None) -> str:
    return f"reads `{path}`" if path else "reads what stands after `--data`"


def data_sets_have_names_of_their_own(built: Built) -> Iterator[DataSetsOfOneName]:
    """One error for each data set that is called as one before it."""
    first: dict[str, TaskField] = {}
    for task in built.graph.schema.trained:
        other = first.setdefault(name_of(task.source), task)
        if other.source != task.source:
            own = task.span, task.source
            yield DataSetsOfOneName(name_of(task.source), other.span, other.source, *own)


class UntrainedReadsData(Error):
    """A task that is not trained has no data set.

    What it means: the task says `label: none`, so that nothing of its data set would be read, and
    `from:` names one.

    Example:
        both : binary(label: none, from: "pairs.parquet")

    Instead:
        both : binary(label: none)

    Why: its rows would be trained on without a label.
    """

    id = "MTL0675"
    title = "a task that is not trained has no data set"
    task: str
    source: str
    span: Span

    def headline(self) -> str:
        return f"`{self.task}` is not trained, and would read nothing of `{self.source}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "`label: none`", primary=True)]

    def help(self) -> str:
        return "leave out `from:`, or give the task a `label:`"


def data_sets_have_labels(built: Built) -> Iterator[UntrainedReadsData]:
    """One error for each task without labels that names a data set."""
    for task in built.graph.schema.tasks:
        if task.source is not None and not task.trained:
            yield UntrainedReadsData(task.name, task.source, task.span)


class ColumnIsSource(Error):
    """Where a model reads `source`, no feature reads a column of that name.

    What it means: `source` is the data set that a row came from, and the served model is given it
    as its input `source`. A feature reads a column of the data that has the same name.

    Example:
        features { origin : category(column: source) }
        tasks    { sst : binary(from: "sst.parquet") }
        model m  { head[task] = concat(origin, source) }

    Instead: give the column another name in the data

    Why: one input of the served model would be two things.
    """

    id = "MTL0676"
    title = "where a model reads `source`, no feature reads a column of that name"
    feature: str
    span: Span
    read: Span

    def headline(self) -> str:
        return f"`{self.feature}` reads a column `source`, and the model reads the value `source`"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "reads the column `source`", primary=True),
            Label(self.read, "`source` is the data set that a row came from"),
        ]


def source_is_one_input(built: Built) -> Iterator[ColumnIsSource]:
    """One error for each feature that reads the column `source` beside the value."""
    features = built.used.features
    read = next((feature.span for feature in features if feature.is_source), None)
    for feature in features:
        if read is not None and feature.column == SOURCE and not feature.is_source:
            yield ColumnIsSource(feature.name, feature.span, read)
