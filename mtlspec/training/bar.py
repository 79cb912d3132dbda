"""Progress on a terminal: a row per epoch that stays, and a bar for the one that runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from mtlspec.training.figures import show_count, show_rate, show_short, show_time
from mtlspec.training.history import Epoch
from mtlspec.training.progress import Start, Step
from mtlspec.training.table import Table, lay_out

_SECONDS_BETWEEN = 0.1
_LINES_BESIDE = 7
"""Lines of the display that are not rows: headings, the bar, the shell's prompt."""


class Bar:
    """A live table; `clock` counts seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.console = Console(file=stream, markup=False, highlight=False, emoji=False)
        self.live = Live(
            console=self.console,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="visible",
        )
        self.clock = clock
        self.begun: Start | None = None
        self.table = Table((), 0)
        self.epochs: list[Epoch] = []
        self.running: Text | None = None
        self.drawn = self.epoch_began = clock()

    def start(self, start: Start) -> None:
        self.begun = start
        self.table = lay_out(start.tasks, self.console.width, weights=start.shows_weights)
        for line in _head_lines(start):
            self._tell(line)
        self.epoch_began = self.clock()
        self.live.start()

    def step(self, step: Step) -> None:
        now = self.clock()
        if self.begun is None or now - self.drawn < _SECONDS_BETWEEN:
            return
        spent = max(now - self.epoch_began, 1e-9)
        left = show_time(spent / step.number * (self.begun.steps - step.number))
        self.running = self._bar(step, spent, f"{left} left")
        self._draw()

    def evaluate(self, step: Step) -> None:
        spent = max(self.clock() - self.epoch_began, 1e-9)
        self.running = self._bar(step, spent, "evaluating")
        self._draw()

    def epoch(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)
        self.running = None
        self.epoch_began = self.clock()
        self._draw()

    def stopping(self) -> None:
        self._tell("finishing this step, then saving (once more to stop at once)")

    def saved(self, step: Step) -> None:
        assert self.begun is not None
        self._close()
        self._tell(
            f"saved   {self.begun.run}  epoch {step.epoch}, "
            f"step {step.number} of {self.begun.steps}"
        )

    def end(self, epochs: Sequence[Epoch]) -> None:
        self.epochs = list(epochs)
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, raised, trace
        self._close()

    def _bar(self, step: Step, spent: float, note: str) -> Text:
        assert self.begun is not None
        return self.table.bar(
            step.epoch,
            done=step.number / self.begun.steps,
            count=f"{step.number}/{self.begun.steps}",
            loss=show_short(step.loss),
            rate=show_rate(step.number * self.begun.batch / spent),
            note=note,
        )

    def _draw(self) -> None:
        room = max(1, self.console.height - _LINES_BESIDE)
        self.live.update(self._lines(self.epochs[-room:]), refresh=True)
        self.drawn = self.clock()

    def _lines(self, epochs: Sequence[Epoch]) -> Group:
        best = next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)
        lines = [*self.table.heading(), *(self.table.row(e, best=e is best) for e in epochs)]
        return Group(*lines, *([self.running] if self.running else []))

    def _close(self) -> None:
        """Leaves the whole table on the screen, without the bar."""
        if self.live.is_started:
            self.running = None
            self.live.update(self._lines(self.epochs))
            self.live.stop()
            self._tell("")

    def _tell(self, text: str) -> None:
        self.console.print(Text(text), soft_wrap=True)


def _head_lines(start: Start) -> Sequence[str]:
    tasks = "1 task" if len(start.tasks) == 1 else f"{len(start.tasks)} tasks"
    threads = "1 thread" if start.threads == 1 else f"{start.threads} threads"
    facts = {
        start.spec: (
            tasks,
            f"{show_count(start.parameters)} parameters",
            f"balance {start.balance}",
        ),
        "data": (
            f"{show_count(start.train_rows)} rows train, {show_count(start.valid_rows)} valid",
            f"vocabularies fitted in {start.fit_seconds:.1f} s",
        ),
        "run": (start.run, f"{start.device}, {threads}", f"seed {start.seed}"),
    }
    width = max(8, *(len(name) for name in facts)) + 2
    return [*(f"{name:<{width}}{' · '.join(said)}" for name, said in facts.items()), ""]
