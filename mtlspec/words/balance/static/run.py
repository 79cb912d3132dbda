"""The weighted sum of the losses, with weights from the spec."""

from collections.abc import Mapping, Sequence

from mtlspec.words.balance import Goal
from mtlspec.words.balance.equal import run
from mtlspec.words.balance.static import StaticOptions


class Weighing(run.Weighing):
    """As `equal`, with the factors that were given."""

    def __init__(
        self,
        options: StaticOptions,
        goals: Mapping[str, Goal],
        shared: Sequence[run.SharedPart],
    ) -> None:
        super().__init__(options, goals, shared)
        self.given = options.weights

    def factor(self, name: str) -> float:
        if name in self.given:
            return self.given[name]
        goal = self.goals.get(name)
        whole = goal.family if goal else name.partition("@")[0]
        return self.given.get(whole or "", 1.0)
