"""The fields of `train { … }`: their names, types, ranges and defaults."""

from typing import Annotated

from pydantic import Field

from mtlspec.words.balance import Balance
from mtlspec.words.registry import find
from mtlspec.words.word import Bound, ConditionOption, OfKind, Options


def _word(kind: str, name: str) -> Bound:
    word = find(kind, name)
    assert word is not None
    return word.bind()


class Train(Options):
    """How a model is trained; every field has a default.

    `optimizer` is what moves the weights, with its learning rate. `batch` is the rows of a step.
    `epochs` is how often the training rows are gone through. `balance` is how the losses of the
    tasks are weighed. `seed` is that of weights, split, order of rows and dropout. `patience` is
    how many epochs in a row may fail to be the best before training stops. `valid` is the share of
    rows kept for validation where no file is given. `clip` is the largest norm of the whole
    gradient. `select` says what is best: `income.auc` or `mean(income.auc, …)`, by default the mean
    of the tasks' main metrics.
    """

    optimizer: Annotated[Bound, OfKind("optimisers")] = Field(
        default_factory=lambda: _word("optimisers", "adam")
    )
    batch: int = Field(default=1024, ge=1)
    epochs: int = Field(default=10, ge=1)
    patience: int = Field(default=2, ge=1)
    valid: float = Field(default=0.1, gt=0, lt=1)
    balance: Annotated[Bound, OfKind("balance")] = Field(
        default_factory=lambda: _word("balance", "equal")
    )
    clip: float | None = Field(default=None, gt=0)
    seed: int = Field(default=0, ge=0, lt=2**63)
    select: ConditionOption | None = None

    @property
    def adapts(self) -> bool:
        """Whether the weights of the tasks change while training."""
        word = self.balance.word
        return isinstance(word, Balance) and word.adapts

    @property
    def needs_shared_layer(self) -> bool:
        """Whether the weighing measures gradients at the last layer that all tasks share."""
        word = self.balance.word
        return isinstance(word, Balance) and word.needs_shared_layer
