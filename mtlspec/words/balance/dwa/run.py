"""Dynamic weight average: T softmax of how the mean losses of two epochs compare."""

import math
from collections.abc import Mapping, Sequence

from mtlspec.words.balance import Goal
from mtlspec.words.balance.dwa import DwaOptions
from mtlspec.words.balance.equal import run


class Weighing(run.Weighing):
    """`w` is the weight of each task, `last` and `before` its mean losses in its last epochs."""

    def __init__(
        self, options: DwaOptions, goals: Mapping[str, Goal], shared: Sequence[run.SharedPart]
    ) -> None:
        super().__init__(options, goals, shared)
        self.temperature = options.temperature
        self.w = dict.fromkeys(goals, 1.0)
        self.last: dict[str, float] = {}
        self.before: dict[str, float] = {}

    def factor(self, name: str) -> float:
        return self.w.get(name, 1.0)

    def end_epoch(self, losses: Mapping[str, float | None]) -> None:
        for name in self.goals:
            loss = losses.get(name)
            if loss is None:
                continue
            if name in self.last:
                self.before[name] = self.last[name]
            self.last[name] = loss
        scores = {name: self._ratio(name) / self.temperature for name in self.goals}
        top = max(scores.values())
        parts = {name: math.exp(score - top) for name, score in scores.items()}
        total = sum(parts.values())
        self.w = {name: len(parts) * part / total for name, part in parts.items()}

    def state(self) -> run.State:
        return {"w": dict(self.w), "last": dict(self.last), "before": dict(self.before)}

    def restore(self, state: Mapping[str, Mapping[str, float]]) -> None:
        self.w, self.last = dict(state["w"]), dict(state["last"])
        self.before = dict(state["before"])

    def _ratio(self, name: str) -> float:
        last, before = self.last.get(name, 0.0), self.before.get(name, 0.0)
        return last / before if last > 0 and before > 0 else 1.0
