"""Metrics: how predictions are judged on validation rows."""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from mtlspec.words.tasks import Answer
from mtlspec.words.word import Bound, ColumnOption, Options, Word


@dataclass(frozen=True, slots=True)
class Judged:
    """What a metric is to judge: the answers of a task, and how many numbers are served."""

    answer: Answer
    width: int


class MetricOptions(Options):
    """What every metric takes: `by` is a column of the data, and no feature has to read it."""

    by: ColumnOption | None = None


class Metric(Word):
    """A metric; its folder's `run.py` has `build(judged, options) -> torchmetrics.Metric`.

    The metric is fed what is served, [N, width], and the labels of rows that have some: 0 or 1,
    the place of the class or grade from 0, or the number itself, [N, 1]; of `labels`, [N, width]
    with NaN where one is missing; of a `pair`, numbers that tell items apart. One that `reads`
    predictions is fed these, [..., N, outputs]. Its value is NaN where the rows give it none.

    With `by:` it is built once and computed within the rows of each value; one that is
    `WithinGroups` computes all of these at once.
    """

    kind = "metrics"
    used = "a task takes it, `metrics: [{}]`"
    takes_options = MetricOptions
    title: ClassVar[str]
    """As a table's head says it: `AUC`."""
    higher_is_better: ClassVar[bool]
    judges: ClassVar[frozenset[Answer]]
    """The answers that it can judge."""
    reads: ClassVar[Literal["served", "predictions"]] = "served"

    def titled(self, options: MetricOptions) -> str:
        """The title, with these options."""
        del options
        return self.title

    def share(self, value: float) -> float:
        """How well a value does, from 0 to 1: itself where more is better, else e to the -value."""
        return min(1.0, max(0.0, value)) if self.higher_is_better else math.exp(-max(0.0, value))


@dataclass(frozen=True)
class BoundMetric(Bound):
    """A metric with its options: `auc(by: scenario)`, which is also its name."""

    word: Metric
    options: MetricOptions

    @classmethod
    def of(cls, bound: Bound) -> Self:
        """The same, known to be a metric."""
        assert isinstance(bound.word, Metric)
        assert isinstance(bound.options, MetricOptions)
        return cls(bound.word, bound.options, bound.span, bound.names)

    @property
    def heading(self) -> str:
        """As a table's head says it: `AUC by scenario`."""
        title, by = self.word.titled(self.options), self.options.by
        return f"{title} by {by}" if by else title
