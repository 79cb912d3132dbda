"""What a program says of its data and its training, after names and options are resolved."""

from dataclasses import dataclass

from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.data_sets import LABEL
from mtlspec.words.features import Feature, FeatureOptions, Table
from mtlspec.words.initialisers import Parameter
from mtlspec.words.metrics import BoundMetric
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import Bound


@dataclass(frozen=True, slots=True)
class FeatureField:
    """A feature: `name` in the spec, read from `column` of the data, perhaps through a table.

    With `is_source` it is no column of the data: it tells which data set a row came from.
    """

    name: str
    word: Feature
    options: FeatureOptions
    span: Span
    table: Table | None = None
    is_source: bool = False

    @property
    def column(self) -> str:
        return self.options.column or self.name

    @property
    def type(self) -> Tensor:
        return self.word.type(self.options, self.name, self.table.width if self.table else None)

    @property
    def served(self) -> bool:
        """Whether the served model is given it; else it is null there."""
        return self.options.serving is not None

    @property
    def entries(self) -> int | None:
        """How many ids a row has, where it is a list of them."""
        return self.word.entries(self.options)

    @property
    def given(self) -> int:
        """How many numbers of a row the model is given, where the feature reads `values`."""
        return self.word.given(self.options)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it learns besides a table."""
        return self.word.parameters(self.options)

    @property
    def learns(self) -> bool:
        """Whether its value depends on weights that the schema owns."""
        return self.table is not None or bool(self.parameters)

    @property
    def state(self) -> str:
        """The name of what is fitted for it: features of one table have one state."""
        return self.table.name if self.table else self.name

    @property
    def fitting(self) -> Bound:
        """The word that fits its state."""
        return self.table.values if self.table else Bound(self.word, self.options)


ROWS = ".rows"
"""How the name of a task's weights of rows ends, beside its labels."""


@dataclass(frozen=True, slots=True)
class TaskField:
    """A task: its label and sample space are conditions on the raw rows of its data set."""

    name: str
    word: Task
    options: TaskOptions
    span: Span
    family: str | None = None
    """The field that declares it among others, where one does: `exam` of `exam[3]`."""
    counted: int | None = None
    """How many classes the data have, where they tell and are known."""

    @property
    def outputs(self) -> int:
        """How many numbers a prediction has; 0 where the data will tell."""
        return self.word.outputs(self.options) or self.counted or 0

    @property
    def served(self) -> int:
        """The width of what is served; 0 where the data will tell."""
        return self.word.served(self.options) or self.counted or 0

    @property
    def source(self) -> str | None:
        """The path of its data set from the folder of `--data`; None for `--data` itself."""
        return self.options.source

    @property
    def labels(self) -> tuple[tree.Expr, ...]:
        """What its labels are read from: conditions, or the column of the field's own name.

        In a data set of its own that column is `label`.
        """
        label, column = self.options.label, LABEL if self.source else self.family or self.name
        own = label.tree if label else tree.Name(name=column, span=self.span)
        return self.word.label_columns(self.options, own) if self.trained else ()

    @property
    def group(self) -> tree.Expr | None:
        """What tells which rows are judged together: a condition on the raw row, if any."""
        return self.word.group(self.options) if self.trained else None

    @property
    def conditions(self) -> tuple[tree.Expr, ...]:
        """All that training reads of the raw row for it."""
        chosen = (self.options.where, self.options.rows)
        others = [condition.tree for condition in chosen if condition is not None]
        return (*self.labels, *others, *([] if self.group is None else [self.group]))

    @property
    def weighted(self) -> bool:
        """Whether its rows have weights in the mean of the losses."""
        return self.options.rows is not None or self.word.weighs(self.options)

    @property
    def metrics(self) -> tuple[BoundMetric, ...]:
        """What it is judged by; the first is its main metric."""
        chosen = self.options.metrics or tuple(
            word.bind() for name in self.word.metrics if (word := registry.find("metrics", name))
        )
        return tuple(BoundMetric.of(bound) for bound in chosen)

    def group_name(self, column: str) -> str:
        """What the values of a column of its data set are called beside labels."""
        return f"by {column}" if self.source is None else f"by {column} of {self.source}"

    @property
    def trained(self) -> bool:
        """Whether it has labels: with `label: none` it is predicted and served alone."""
        label = self.options.label
        return label is None or not isinstance(label.tree, tree.NoneValue)


@dataclass(frozen=True, slots=True)
class Schema:
    """Features and tasks in the order in which they were declared.

    `aligned` are pairs of features whose token axes meet in the model.
    """

    features: tuple[FeatureField, ...]
    tasks: tuple[TaskField, ...]
    aligned: tuple[tuple[str, str], ...] = ()

    @property
    def trained(self) -> tuple[TaskField, ...]:
        """The tasks that have labels."""
        return tuple(task for task in self.tasks if task.trained)

    @property
    def sources(self) -> tuple[str | None, ...]:
        """The data sets of tasks that are trained, each once, in the order of the tasks."""
        return tuple(dict.fromkeys(task.source for task in self.trained))

    @property
    def groups(self) -> dict[str | None, tree.Expr]:
        """What tells which rows of a data set stay together, by its path, where tasks have some."""
        return {task.source: task.group for task in self.trained if task.group is not None}
