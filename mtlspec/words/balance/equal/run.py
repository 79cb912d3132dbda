"""The plain weighted sum of the losses, which the other methods build on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mtlspec.words.balance import Goal
from mtlspec.words.word import Options

State = dict[str, dict[str, float]]
"""What a method has to remember: quantity → task → value."""


@dataclass(frozen=True, slots=True, eq=False)
class SharedPart:
    """A parameter of the last shared layer; of a stack, the `members` that all tasks reach."""

    parameter: Tensor
    members: tuple[int, ...] | None = None


class Weighing:
    """The objective Σ w_t L_t + Σ loss terms, with the tasks' own weights as w_t."""

    def __init__(
        self, options: Options, goals: Mapping[str, Goal], shared: Sequence[SharedPart]
    ) -> None:
        del options, shared
        self.goals = dict(goals)

    @property
    def wants_scores(self) -> bool:
        """Whether `hear_scores` is to be called before the next step."""
        return False

    def hear_scores(self, scores: Mapping[str, float]) -> None:
        """Takes in how well each task does on a batch, from 0 to 1."""
        del scores

    def weights(self) -> dict[str, float]:
        """What each task's loss is multiplied by now."""
        return {name: goal.weight * self.factor(name) for name, goal in self.goals.items()}

    def factor(self, name: str) -> float:
        """The weight that the method gives a task or a loss term."""
        del name
        return 1.0

    def backward(self, losses: Mapping[str, Tensor], present: Collection[str]) -> Tensor:
        """Adds the objective's gradient to the parameters; returns the objective, detached.

        `present` are the tasks of which the batch has a label; the loss of another is 0.
        """
        del present
        weights = self.weights()
        factors = [weights.get(name, self.factor(name)) for name in losses]
        stacked = torch.stack(list(losses.values()))
        objective = (stacked * stacked.new_tensor(factors)).sum()
        if objective.requires_grad:  # not where the batch has no label at all
            torch.autograd.backward(objective)
        return objective.detach()

    def end_epoch(self, losses: Mapping[str, float | None]) -> None:
        """Takes in the epoch's mean losses; None for a task without a label."""
        del losses

    def state(self) -> State:
        """What the method has to remember to go on later."""
        return {}

    def restore(self, state: Mapping[str, Mapping[str, float]]) -> None:
        """Goes on from what `state` gave."""
        del state
