"""Σ c_t e^(-s_t) L_t + s_t / 2, with s_t learned beside the model."""

import math
from collections.abc import Collection, Mapping, Sequence

from torch import Tensor

from mtlspec.words.balance import Goal
from mtlspec.words.balance._learned.run import Learned
from mtlspec.words.balance.equal import run
from mtlspec.words.balance.uncertainty import UncertaintyOptions
from mtlspec.words.tasks import Likelihood

_FACTORS: Mapping[Likelihood, float] = {"gaussian": 0.5, "categorical": 1.0}
"""c_t, by what the loss of a task says of its labels."""


class Weighing(run.Weighing):
    """`s` is log σ² of each task."""

    def __init__(
        self,
        options: UncertaintyOptions,
        goals: Mapping[str, Goal],
        shared: Sequence[run.SharedPart],
    ) -> None:
        super().__init__(options, goals, shared)
        self.s = Learned(dict.fromkeys(goals, 0.0), options.lr)

    def factor(self, name: str) -> float:
        if name not in self.goals:
            return 1.0
        return _FACTORS[self.goals[name].likelihood] * math.exp(-self.s[name])

    def backward(self, losses: Mapping[str, Tensor], present: Collection[str]) -> Tensor:
        known = [name for name in self.goals if name in present]
        noise = sum(self.goals[name].weight * self.s[name] / 2 for name in known)
        # d/ds of c e^(-s) L + s / 2; the task's own weight multiplies both, and Adam undoes it
        values = {name: losses[name].item() for name in known}
        slopes = {n: 0.5 - self.factor(n) * value for n, value in values.items() if value > 0}
        objective = super().backward(losses, present) + noise
        self.s.move(slopes)
        return objective

    def state(self) -> run.State:
        return self.s.state("s")

    def restore(self, state: Mapping[str, Mapping[str, float]]) -> None:
        self.s.restore("s", state)
