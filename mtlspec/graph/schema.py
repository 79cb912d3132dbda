"""What a program says of its data and its training, after names and options are resolved."""

from dataclasses import dataclass

from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words.features import Feature, FeatureOptions
from mtlspec.words.tasks import Task, TaskOptions


@dataclass(frozen=True, slots=True)
class FeatureField:
    """A feature: `name` in the spec, read from `column` of the data."""

    name: str
    word: Feature
    options: FeatureOptions
    span: Span

    @property
    def column(self) -> str:
        return self.options.column or self.name

    @property
    def type(self) -> Tensor:
        return self.word.type(self.options)


@dataclass(frozen=True, slots=True)
class TaskField:
    """A task: its label and sample space are conditions on the raw row."""

    name: str
    word: Task
    options: TaskOptions
    span: Span


@dataclass(frozen=True, slots=True)
class Schema:
    """Features and tasks in the order in which they were declared."""

    features: tuple[FeatureField, ...]
    tasks: tuple[TaskField, ...]
