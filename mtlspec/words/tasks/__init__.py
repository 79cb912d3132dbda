"""Tasks: what is predicted, how it is judged in training, what is served."""

from abc import abstractmethod
from typing import ClassVar, Literal

from pydantic import Field

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
    """What `forward` returns for it."""
    loss: ClassVar[str]
    """The function of `module.py` that gives the loss: `f(prediction, label) -> scalar`."""
    serve: ClassVar[str]
    """The function of torch that turns `forward`'s output into what is served: `torch.sigmoid`."""
    metrics: ClassVar[tuple[str, ...]]
    """Words of kind `metrics`; the first is the task's main metric."""

    def likelihood(self, options: Options) -> Likelihood:
        """What the loss says of the labels; it decides how `uncertainty` weighs the task."""
        del options
        return "categorical"

    @abstractmethod
    def outputs(self, options: Options) -> int:
        """How many numbers the output layer has."""
