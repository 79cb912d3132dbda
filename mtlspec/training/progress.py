"""What training tells while it runs, to whatever follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from mtlspec.training.history import Epoch


@dataclass(frozen=True, slots=True)
class Start:
    """What is known when training starts; `tasks` gives the titles of each task's metrics."""

    run: str
    """The run's folder, as it was given."""
    spec: str
    tasks: Mapping[str, Mapping[str, str]]
    """Task → metric → title, such as `{"income": {"auc": "AUC"}}`."""
    parameters: int
    balance: str
    shows_weights: bool
    """Whether the weights of the tasks change while training."""
    train_rows: int
    valid_rows: int
    fit_seconds: float
    epochs: int
    steps: int
    """Steps of one epoch."""
    batch: int
    device: str
    threads: int
    seed: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken; `number` counts within its epoch."""

    epoch: int
    number: int
    loss: float


class Progress(Protocol):
    """What training tells while it runs; used as a context manager around it."""

    def start(self, start: Start) -> None:
        """Training begins."""
        ...

    def step(self, step: Step) -> None:
        """A step was taken."""
        ...

    def evaluate(self, step: Step) -> None:
        """The epoch's last step is done, its evaluation begins."""
        ...

    def epoch(self, epoch: Epoch) -> None:
        """An epoch has ended."""
        ...

    def stopping(self) -> None:
        """A signal was heard."""
        ...

    def saved(self, step: Step) -> None:
        """Training was stopped after this step, and its weights are saved."""
        ...

    def end(self, epochs: Sequence[Epoch]) -> None:
        """Training is over; these are the epochs that ended."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
