"""Progress in a log: logfmt, one line an epoch and at most one in 30 seconds between."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from mtlspec.training.figures import show_value
from mtlspec.training.history import Epoch, Value
from mtlspec.training.progress import Start, Step

_SECONDS_BETWEEN = 30.0

Facts = Mapping[str, Value | str]


class Silence:
    """Says nothing."""

    def start(self, start: Start) -> None:
        del start

    def step(self, step: Step) -> None:
        del step

    def evaluate(self, step: Step) -> None:
        del step

    def epoch(self, epoch: Epoch) -> None:
        del epoch

    def stopping(self) -> None:
        return

    def saved(self, step: Step) -> None:
        del step

    def end(self, epochs: Sequence[Epoch]) -> None:
        del epochs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, raised, trace


class Lines(Silence):
    """Plain lines with UTC times; `clock` counts seconds and `now` tells the time of day."""

    def __init__(
        self,
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.stream = stream
        self.clock = clock
        self.now = now
        self.run = ""
        self.epochs = 0
        self.steps = 0
        self.told = clock()

    def start(self, start: Start) -> None:
        self.run, self.epochs, self.steps = Path(start.run).name, start.epochs, start.steps
        facts: Facts = {
            "run": self.run,
            "params": start.parameters,
            "train_rows": start.train_rows,
            "valid_rows": start.valid_rows,
            "device": start.device,
            "threads": start.threads,
            "seed": start.seed,
            "steps": start.steps * start.epochs,
        }
        self._write("start", facts)

    def step(self, step: Step) -> None:
        if self.clock() - self.told >= _SECONDS_BETWEEN:
            taken = (step.epoch - 1) * self.steps + step.number
            self._write("step", {"step": taken, "loss": step.loss}, self._place(step.epoch))

    def epoch(self, epoch: Epoch) -> None:
        values = epoch.values()
        best = values.pop("best")
        del values["epoch"]
        self._write("epoch", values, self._place(epoch.number), "best" if best else "")

    def stopping(self) -> None:
        self._write("stop", {"run": self.run})

    def saved(self, step: Step) -> None:
        taken = (step.epoch - 1) * self.steps + step.number
        self._write("saved", {"run": self.run, "step": taken}, self._place(step.epoch))

    def end(self, epochs: Sequence[Epoch]) -> None:
        best = next((epoch for epoch in reversed(epochs) if epoch.is_best), None)
        facts: dict[str, Value | str] = {"run": self.run}
        if best is not None:
            facts |= {"best": f"epoch:{best.number}", "select": best.score, **best.metrics}
        self._write("done", facts)

    def _place(self, epoch: int) -> str:
        return f"{epoch}/{self.epochs}"

    def _write(self, event: str, facts: Facts, before: str = "", after: str = "") -> None:
        pairs = [f"{_as_key(key)}={_show(key, value)}" for key, value in facts.items()]
        words = [self.now().strftime("%H:%M:%SZ"), f"{event:<6}", before, *pairs, after]
        self.stream.write(" ".join(word for word in words if word) + "\n")
        self.stream.flush()
        self.told = self.clock()


def _show(key: str, value: Value | str) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _needs_quotes(value) else value
    if value is None:
        return "null"
    if isinstance(value, float):
        return _PLAIN.get(key, show_value)(value)
    return str(value)


def _as_key(name: str) -> str:
    """`click.auc(by: user)` without blanks, quotes and signs, which end a key."""
    return re.sub(r'[\s"=]+', "", name)


def _needs_quotes(text: str) -> bool:
    return not text or any(char.isspace() or char in '"=' for char in text)


_PLAIN: Mapping[str, Callable[[float], str]] = {
    "rows_per_s": lambda value: f"{value:.0f}",
    "seconds": lambda value: f"{value:.2f}",
}
"""Values that are no loss and no metric."""
