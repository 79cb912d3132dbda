"""Numbers that a balancing method learns, apart from the model's weights and its optimiser."""

from collections.abc import Mapping

import torch
from torch import nn
from torch.optim import Optimizer

from mtlspec.words.balance.equal.run import State

_ADAM = "adam."
"""How the names of Adam's own quantities begin in the state."""


class Learned:
    """A float64 per task, moved by an Adam of their own at a constant rate, without decay.

    A task that has no part in a step is not moved by it, not even by momentum.
    """

    def __init__(self, values: Mapping[str, float], rate: float) -> None:
        self._numbers = {name: _number(value) for name, value in values.items()}
        self._adam: Optimizer = torch.optim.Adam(self._numbers.values(), lr=rate)

    def __getitem__(self, name: str) -> float:
        return self._numbers[name].item()

    def values(self) -> dict[str, float]:
        return {name: number.item() for name, number in self._numbers.items()}

    def put(self, name: str, value: float) -> None:
        self._numbers[name].data.fill_(value)

    def move(self, gradients: Mapping[str, float]) -> None:
        """A step against these gradients."""
        for name, number in self._numbers.items():
            given = name in gradients
            number.grad = _like(number, gradients[name]) if given else None
        self._adam.step()

    def state(self, name: str) -> State:
        """The numbers under that name, and what Adam keeps of each."""
        found: State = {name: self.values()}
        for task, number in self._numbers.items():
            kept: Mapping[str, torch.Tensor] = self._adam.state[number]
            for key, value in kept.items():
                found.setdefault(f"{_ADAM}{key}", {})[task] = value.item()
        return found

    def restore(self, name: str, state: Mapping[str, Mapping[str, float]]) -> None:
        """Goes on from what `state` gave."""
        for task, value in state[name].items():
            self.put(task, value)
        for key, values in state.items():
            if key.startswith(_ADAM):
                for task, value in values.items():
                    kept = self._adam.state[self._numbers[task]]
                    kept[key.removeprefix(_ADAM)] = torch.tensor(value, dtype=_dtype(key))


def _number(value: float) -> nn.Parameter:
    return nn.Parameter(torch.tensor(value, dtype=torch.float64))


def _like(number: nn.Parameter, value: float) -> torch.Tensor:
    return torch.full_like(number, value)


def _dtype(key: str) -> torch.dtype:
    """Adam counts its steps in float32."""
    return torch.float32 if key == f"{_ADAM}step" else torch.float64
