"""GradNorm: norms of the tasks' gradients at the last shared layers, one pass above them each."""

import math
from collections.abc import Collection, Mapping, Sequence

import torch
from torch import Tensor

from mtlspec.words.balance import Goal
from mtlspec.words.balance._learned.run import Learned
from mtlspec.words.balance.equal import run
from mtlspec.words.balance.gradnorm import GradNormOptions

_LEAST = 1e-3
"""What a weight never falls below: a negative one would make its task worse on purpose."""


class Weighing(run.Weighing):
    """`w` is the weight of each task, `first` its loss in its first batch."""

    def __init__(
        self,
        options: GradNormOptions,
        goals: Mapping[str, Goal],
        shared: Sequence[run.SharedPart],
    ) -> None:
        super().__init__(options, goals, shared)
        self.alpha = options.alpha
        self.shared = tuple(shared)
        self.w = Learned(dict.fromkeys(goals, 1.0), options.lr)
        self.first: dict[str, float] = {}

    def factor(self, name: str) -> float:
        return self.w[name] if name in self.goals else 1.0

    def backward(self, losses: Mapping[str, Tensor], present: Collection[str]) -> Tensor:
        known = {name: losses[name] for name in self.goals if name in present}
        norms = {name: self._norm(loss) for name, loss in known.items()}
        objective = super().backward(losses, present)
        if len(known) > 1 and all(map(math.isfinite, norms.values())):
            self._balance(norms, {name: loss.item() for name, loss in known.items()})
        return objective

    def state(self) -> run.State:
        return {**self.w.state("w"), "first": dict(self.first)}

    def restore(self, state: Mapping[str, Mapping[str, float]]) -> None:
        self.w.restore("w", state)
        self.first = dict(state["first"])

    def _norm(self, loss: Tensor) -> float:
        """‖∇_W L‖; the graph above the shared layers is gone through, and nothing below them."""
        parameters = [part.parameter for part in self.shared]
        found = torch.autograd.grad(
            loss, parameters, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        own = (
            gradient if part.members is None else gradient[list(part.members)]
            for part, gradient in zip(self.shared, found, strict=True)
        )
        return math.sqrt(sum(gradient.double().square().sum().item() for gradient in own))

    def _balance(self, norms: Mapping[str, float], losses: Mapping[str, float]) -> None:
        """A step of w, from the norms of the unweighed gradients: G_t = w_t ‖∇_W L_t‖."""
        w = {name: self.w[name] for name in norms}
        mean = sum(w[name] * norm for name, norm in norms.items()) / len(norms)
        rates = self._rates(losses)
        slopes: dict[str, float] = {}
        for name, norm in norms.items():
            above = w[name] * norm - mean * rates[name] ** self.alpha
            slopes[name] = math.copysign(norm, above) if above else 0.0
        self.w.move(slopes)
        moved = {name: max(self.w[name], _LEAST) for name in norms}
        scale = sum(w.values()) / sum(moved.values())
        for name, value in moved.items():
            self.w.put(name, value * scale)

    def _rates(self, losses: Mapping[str, float]) -> dict[str, float]:
        """r_t, the inverse training rates relative to their mean; 1 where a loss has none."""
        for name, loss in losses.items():
            self.first.setdefault(name, loss)
        ratios = {n: x / self.first[n] for n, x in losses.items() if x > 0 and self.first[n] > 0}
        mean = sum(ratios.values()) / max(1, len(ratios))
        return {name: ratios[name] / mean if name in ratios else 1.0 for name in losses}
