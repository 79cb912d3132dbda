"""Tasks: what is predicted, how it is judged in training, what is served."""

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field

from mtlspec import pysource as py
from mtlspec.syntax import tree
from mtlspec.types import Meaning
from mtlspec.words.word import Bound, ConditionOption, DataPath, OfKind, Options, Word

Likelihood = Literal["gaussian", "categorical"]
"""What a loss says of its labels: `gaussian` is a squared error (y - f)², whose negative log
likelihood is ½ L / σ² + log σ; any other is taken as one already, of a softmax at temperature σ²,
so L / σ² + log σ."""

Answer = Literal["yes or no", "class", "labels", "grade", "number", "pair", "score"]
"""What a task answers, by which metrics tell whether they can judge it: `yes or no` is served as
the probability of a yes, `class` and `grade` as a probability for each, `labels` as a probability
of a yes for each, `number` as the number itself, `pair` as the score of two vectors, `score` as the
score of a row among those of its group."""


def _text(path: object) -> object:
    if not isinstance(path, str):
        raise ValueError("a text, the path of a data set")
    return path


DataOption = Annotated[str, BeforeValidator(_text), DataPath()]
"""The type of an option that names a data set."""


class TaskOptions(Options):
    """What every task takes.

    `label` is a column or a condition on columns. Without `label:` the label is the column of the
    task's own name; of a task that has a data set of its own, `from:`, it is the column `label`
    there. `where` is the task's sample space: rows of which it is not true have no label. `rows` is
    how much each row counts, a column or an expression. `weight` is the task's factor in the
    objective. `metrics` are what it is judged by, the main one first.
    """

    label: ConditionOption | None = None
    source: DataOption | None = Field(default=None, alias="from")
    where: ConditionOption | None = None
    weight: float = Field(default=1.0, gt=0)
    rows: ConditionOption | None = None
    metrics: Annotated[tuple[Bound, ...] | None, OfKind("metrics")] = Field(
        default=None, min_length=1
    )


class Task(Word):
    """A kind of task.

    Its folder has `module.py`, whose functions are copied into the emitted file, and `run.py`
    with `read_labels(values, options, fitted, place) -> float32 [N]` or [N, labels] (NaN where a
    label is missing), where `place` is a `ColumnPlace`; `accepts(type, options)`, whether a column
    of an Arrow type can be its label; and `POSSIBLE`, which says in words what can. Where it
    `fits`, it has `fit(values, options, place)` and the class `Fitted` of what that returns; where
    it `weighs`, `weigh(labels, options) -> float64 [N]`, how much each row counts.
    """

    kind = "tasks"
    used = "`tasks {{ t : {} }}` brings its loss"
    answer: ClassVar[Answer]
    meaning: ClassVar[Meaning]
    """What its output layer gives."""
    takes: ClassVar[frozenset[Meaning]] = frozenset()
    """What a head may be of that gets no output layer."""
    metrics: ClassVar[tuple[str, ...]]
    """Words of kind `metrics` that judge it by default; the first is its main metric."""

    vectors: ClassVar[int] = 1
    """How many vectors a head gives; more stand side by side and get no output layer."""

    def may_be(self, meaning: Meaning) -> bool:
        """Whether a head of that meaning is a prediction as it is, without an output layer."""
        return meaning in self.takes or (meaning == "prediction" and self.meaning == "plain")

    def likelihood(self, options: Options) -> Likelihood:
        """What the loss says of the labels; it decides how `uncertainty` weighs the task."""
        del options
        return "categorical"

    @abstractmethod
    def outputs(self, options: Options) -> int | None:
        """How many numbers a prediction has; None where data or head tell."""

    def offsets(self, options: Options) -> tuple[float, ...] | None:
        """What the outputs begin with, where they have one weight vector and differ in this alone.

        None where each output has a weight vector of its own.
        """
        del options
        return None

    def labels(self, options: Options) -> int:
        """How many numbers the label of a row has; that of its group is the last one."""
        del options
        return 1

    def label_columns(self, options: Options, own: tree.Expr) -> tuple[tree.Expr, ...]:
        """What labels are read from; `own` is the task's `label:`, or the column of its name."""
        del options
        return (own,)

    def group(self, options: Options) -> tree.Expr | None:
        """What tells which rows are judged together; None where each is judged by itself.

        They stay together in batches and where rows are held out.
        """
        del options
        return None

    def weighs(self, options: Options) -> bool:
        """Whether rows count by their labels in the mean of the losses, and not alike."""
        del options
        return False

    def tells(self, options: Options) -> bool:
        """Whether a feature that reads the column of a label knows the answer."""
        del options
        return True

    def reads_lists(self, options: Options) -> bool:
        """Whether the label is a column of lists, which no condition can read."""
        del options
        return False

    def fits(self, options: Options) -> bool:
        """Whether something of the training rows' labels is kept with the run."""
        del options
        return False

    def class_names(self, options: Options, fitted: BaseModel | None) -> tuple[str | int, ...]:
        """What the numbers stand for that are served; empty where it is one number."""
        del options, fitted
        return ()

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
        return self.outputs(options) or 0
