"""`ordinal`: one of several grades, which have an order.

CORAL, Cao, Mirjalili and Raschka, Pattern Recognition Letters 2020. Of `ordinal(5)` the grades are
the whole numbers 1 to 5; `values: [low, middle, high]` gives them other names, lowest first. The
head has one weight vector w for all grades and a number b of its own for each step between two, so
that wᵀx + b_k is the logit of a grade above the k-th. The loss of a row is the sum of the cross
entropies of the steps; the probability of each grade is served, lowest first: the difference of
those of two steps, where it is not negative.

    tasks {
        stars    : ordinal(5)
        severity : ordinal(values: [low, middle, high])
    }
"""

from collections.abc import Mapping
from typing import ClassVar, cast

from pydantic import BaseModel, Field

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.tasks._classes import ListedClasses
from mtlspec.words.word import Options


class OrdinalOptions(TaskOptions):
    """`n` is how many grades there are, `values` which, lowest first."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)
    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {"values": ("n",)}
    either: ClassVar[tuple[str, ...]] = ("n", "values")
    n: int | None = Field(default=None, ge=2, le=1000)
    values: ListedClasses | None = None

    @property
    def grades(self) -> tuple[str, ...] | tuple[int, ...]:
        """The grades, lowest first."""
        return self.values or tuple(range(1, (self.n or 0) + 1))


class Ordinal(Task):
    """One of several grades."""

    also = ("coral", "rating", "grade")
    takes_options = OrdinalOptions
    answer = "grade"
    meaning = "logit"
    metrics = ("accuracy", "mae")

    def outputs(self, options: Options) -> int | None:
        return len(_grades(options)) - 1 if _grades(options) else None

    def offsets(self, options: Options) -> tuple[float, ...]:
        steps = len(_grades(options)) - 1
        return tuple((steps - step) / (steps + 1) for step in range(steps))

    def class_names(self, options: Options, fitted: BaseModel | None) -> tuple[str | int, ...]:
        del fitted
        return _grades(options)

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del options, meaning
        return ("grade_error", "grade_probs")

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        del options, meaning
        return py.call("grade_error", prediction, label)

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del options, meaning
        return py.call("grade_probs", prediction)

    def served(self, options: Options) -> int:
        return len(_grades(options))


def _grades(options: Options) -> tuple[str, ...] | tuple[int, ...]:
    return cast("OrdinalOptions", options).grades


WORD = Ordinal()
