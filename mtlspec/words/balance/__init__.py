"""Balancing: how the losses of the tasks are weighed in the objective."""

from dataclasses import dataclass
from typing import ClassVar

from mtlspec.words.tasks import Likelihood
from mtlspec.words.word import Options, Word


@dataclass(frozen=True, slots=True)
class Goal:
    """A task as balancing sees it: its own `weight:`, and what its loss says of the labels.

    `family` is the field that declares it among others, where one does: `exam` of `exam[3]`.
    """

    weight: float
    likelihood: Likelihood
    family: str | None = None


class Balance(Word):
    """A balancing method.

    Its folder's `run.py` has a class `Weighing`, made once as `Weighing(options, goals, shared)`:
    the tasks' goals by name, and the parts of the layer that all tasks share last. Training drives
    it as `mtlspec.training.loop.Weighing` says. A method balances the losses as they are; the
    tasks' own weights come on top of what it finds.
    """

    kind = "balance"
    used = "`train {{ balance : {} }}`"
    adapts: ClassVar[bool] = True
    """Whether its weights change while training, and so are shown and kept."""
    needs_shared_layer: ClassVar[bool] = False
    """Whether it measures gradients at the last layer that all tasks share."""

    def names(self, options: Options) -> tuple[str, ...]:
        """The tasks and loss terms that its options name."""
        del options
        return ()
