"""Balancing methods outside of training: made by name, and given losses to weigh."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from mtlspec.words.balance import Goal
from mtlspec.words.balance.equal.run import SharedPart
from mtlspec.words.registry import find
from tests.words.oracles import Array

NAMES = ("a", "b", "c")


def weighing(
    name: str,
    goals: Mapping[str, Goal] | None = None,
    shared: Sequence[SharedPart] = (),
    **options: object,
):
    word = find("balance", name)
    assert word is not None
    bound = word.bind(**options)
    given_goals = dict.fromkeys(NAMES, Goal(1.0, "categorical")) if goals is None else goals
    return word.part("run").Weighing(bound.options, given_goals, shared)


def losses_of(values: Array, names: Sequence[str] = NAMES) -> tuple[dict[str, Tensor], list[str]]:
    """Losses as a step has them: 0 for a task without a label (NaN), which is not present."""
    weight = nn.Parameter(torch.ones((), dtype=torch.float64))
    found = {n: weight * float(np.nan_to_num(v)) for n, v in zip(names, values, strict=True)}
    return found, [n for n, v in zip(names, values, strict=True) if not np.isnan(v)]


class Shared(nn.Module):
    """Task i: y = (x W) a_i, with a squared error times c_i; W is what is shared."""

    def __init__(self, scales: Sequence[float], draw: np.random.Generator) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(draw.normal(size=(4, 3))))
        self.below = nn.Parameter(torch.tensor(draw.normal(size=(5, 4))))
        self.heads = nn.Parameter(torch.tensor(draw.normal(size=(len(scales), 3))))
        self.aims = torch.tensor(draw.normal(size=(len(scales), 4, 3)))
        self.scales = scales

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        for i, name in enumerate(NAMES[: len(self.scales)]):
            hidden = x @ self.below
            miss = (hidden @ self.w - hidden.detach() @ self.aims[i]) @ self.heads[i]
            found[name] = self.scales[i] * miss.square().mean()
        return found

    def norm(self, x: Array, i: int) -> float:
        """‖∇_W L_i‖, worked out by hand."""
        w, head, aim = (t.detach().numpy() for t in (self.w, self.heads[i], self.aims[i]))
        h = x @ self.below.detach().numpy()
        miss = (h @ w - h @ aim) @ head
        gradient = self.scales[i] * 2 / len(x) * np.outer(h.T @ miss, head)
        return float(np.linalg.norm(gradient))
