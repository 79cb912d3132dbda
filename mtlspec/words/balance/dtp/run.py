"""Dynamic task prioritisation: the focal weight of a running mean of each task's metric."""

import math
from collections.abc import Collection, Mapping, Sequence

from torch import Tensor

from mtlspec.words.balance import Goal
from mtlspec.words.balance.dtp import DtpOptions
from mtlspec.words.balance.equal import run

_LEAST = 1e-2
"""What κ̄ is taken for where it is lower: the weight of a task has no bound there."""
_STEPS = "steps"


class Weighing(run.Weighing):
    """`kpi` is κ̄ of each task that has one, `steps` how many were taken."""

    def __init__(
        self, options: DtpOptions, goals: Mapping[str, Goal], shared: Sequence[run.SharedPart]
    ) -> None:
        super().__init__(options, goals, shared)
        self.options = options
        self.kpi: dict[str, float] = {}
        self.steps = 0

    @property
    def wants_scores(self) -> bool:
        return self.steps % self.options.every == 0

    def hear_scores(self, scores: Mapping[str, float]) -> None:
        new = self.options.momentum
        for name, score in scores.items():
            self.kpi[name] = new * score + (1 - new) * self.kpi.get(name, score)

    def factor(self, name: str) -> float:
        if name not in self.kpi:
            return 1.0
        if not self.options.normalize:
            return self._focal(name)
        total = sum(map(self._focal, self.kpi))
        return self._focal(name) * len(self.kpi) / total if total else 1.0

    def _focal(self, name: str) -> float:
        kpi = max(self.kpi[name], _LEAST)
        return (1 - kpi) ** self.options.gamma * -math.log(kpi)

    def backward(self, losses: Mapping[str, Tensor], present: Collection[str]) -> Tensor:
        self.steps += 1
        return super().backward(losses, present)

    def state(self) -> run.State:
        return {"kpi": dict(self.kpi), _STEPS: {"": float(self.steps)}}

    def restore(self, state: Mapping[str, Mapping[str, float]]) -> None:
        self.kpi = dict(state["kpi"])
        self.steps = int(state[_STEPS][""])
