"""Tasks: what is predicted, how it is judged in training, what is served."""

from abc import abstractmethod
from typing import ClassVar, Literal

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.word import ConditionOption, Options, Word

Likelihood = Literal["gaussian", "categorical"]
"""What a loss says of its labels: `gaussian` is a squared error (y - f)², whose negative log
likelihood is ½ L / σ² + log σ; any other is taken as one already, of a softmax at temperature σ²,
so L / σ² + log σ."""


class TaskOptions(Options):
    """What every task takes. Without `label:` the label is the column of the task's own name."""

    label: ConditionOption | None = None
    where: ConditionOption | None = None
    weight: float = Field(default=1.0, gt=0)


class Task(Word):
    """A kind of task.

    Its folder has `module.py`, whose functions are copied into the emitted file, and `run.py`
    with `read_labels(values, place) -> float32 [N]` (NaN where a label is missing), where `place`
    is a `ColumnPlace`; `accepts(type)`, whether a column of an Arrow type can be its label; and
    `POSSIBLE`, which says in words what can.
    """

    kind = "tasks"
    meaning: ClassVar[Meaning]
    """What its output layer gives."""
    takes: ClassVar[frozenset[Meaning]]
    """What a head may be of that gets no output layer."""
    metrics: ClassVar[tuple[str, ...]]
    """Words of kind `metrics`; the first is the task's main metric."""

    def likelihood(self, options: Options) -> Likelihood:
        """What the loss says of the labels; it decides how `uncertainty` weighs the task."""
        del options
        return "categorical"

    @abstractmethod
    def outputs(self, options: Options) -> int:
        """How many numbers the output layer has."""

    def labels(self, options: Options) -> int:
        """How many numbers the label of a row has."""
        del options
        return 1

    @abstractmethod
    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        """The functions of `module.py` that its loss and what is served need."""

    @abstractmethod
    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        """The loss of each row: [..., B, outputs] and [..., B, labels] -> [..., B, 1].

        `meaning` is the prediction's; a label is NaN where there is none, and the loss then 0.
        """

    @abstractmethod
    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        """What is served of a prediction: [..., B, outputs] -> [..., B, width]."""

    def served(self, options: Options) -> int:
        """The width of what is served."""
        return self.outputs(options)
