"""The table of epochs: which columns fit a width, and its lines.

Layout at 80 columns, two tasks: the epoch, the loss, each task's metrics, rows/s, time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from mtlspec.training.figures import show_rate, show_time, show_value
from mtlspec.training.history import Epoch

_EPOCH, _LOSS, _RATE, _TIME = 6, 7, 10, 7
_LEFT = len(" left")
_VALUE, _NAME, _GAP, _BETWEEN = 5, 9, 3, 2
_COLORS = ("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2")
"""Okabe and Ito's colours, the light blue first: the dark one is hard to read on black."""


@dataclass(frozen=True, slots=True)
class Column:
    """A metric of a task; `key` is its name in an epoch's metrics, `room` the width of a value."""

    key: str
    title: str
    room: int

    @property
    def width(self) -> int:
        return _GAP + self.room


@dataclass(frozen=True, slots=True)
class Group:
    """The columns of a task."""

    task: str
    columns: tuple[Column, ...]
    color: str

    @property
    def width(self) -> int:
        return sum(column.width for column in self.columns)

    @property
    def name(self) -> str:
        """The task's name, cut to the width of its columns."""
        room = self.width - _GAP
        return self.task if len(self.task) <= room else f"{self.task[: room - 1]}…"


@dataclass(frozen=True, slots=True)
class Table:
    """Groups that fit; `hidden` is how many tasks did not."""

    groups: tuple[Group, ...]
    hidden: int

    @property
    def width(self) -> int:
        return _EPOCH + _LOSS + _groups_width(self.groups) + _RATE + _TIME

    def heading(self) -> tuple[Text, ...]:
        """The line of the tasks, the line of the columns, and a word on what did not fit."""
        lines = (self._tasks(), self._titles())
        if not self.hidden:
            return lines
        more = "1 task more" if self.hidden == 1 else f"{self.hidden} tasks more"
        return (*lines, Text(f"{f'and {more}, in metrics.jsonl':>{self.width}}", "dim"))

    def _tasks(self) -> Text:
        line, start = Text(), _EPOCH + _LOSS
        for group in self.groups:
            indent = min(2, group.width - _GAP - len(group.name))
            line.pad_right(start + _GAP + indent - len(line))
            line.append(group.name, style=group.color)
            start += group.width + _BETWEEN
        return line

    def _titles(self) -> Text:
        line, stop = f"{'epoch':>{_EPOCH}}{'loss':>{_LOSS}}", _EPOCH + _LOSS
        for group in self.groups:
            for column in group.columns:
                stop += column.width
                # centred over its values, a title may stand out by one on either side
                line = f"{line:<{stop - (_VALUE + len(column.title)) // 2}}{column.title}"
            stop += _BETWEEN
        line = f"{line:<{stop - _BETWEEN}}"
        return Text(line + f"{'rows/s':>{self.width - _TIME - len(line)}}{'time':>{_TIME}}")

    def row(self, epoch: Epoch, best: bool) -> Text:
        """An epoch's line; the best one is marked."""
        line = Text(f"{epoch.number:>{_EPOCH}}")
        if best:
            line = Text(f"{'★ ' + str(epoch.number):>{_EPOCH}}", style="green")
        line.append(f"{show_value(epoch.loss):>{_LOSS}}", style="default")
        for place, group in enumerate(self.groups):
            line.append(" " * (_BETWEEN if place else 0))
            for column in group.columns:
                text = show_value(epoch.metrics[column.key])
                line.append(f"{text:>{column.width}}", style="default")
        line.append(f"{show_rate(epoch.rows_per_s):>{_RATE}}", style="dim")
        line.append(f"{show_time(epoch.seconds):>{_TIME}}", style="dim")
        return line

    def bar(self, number: int, done: float, count: str, loss: str, rate: str, note: str) -> Text:
        """The line of the epoch that runs; `done` is the share of its steps."""
        right = f"{count:>{len(count) + 2}}{loss:>8}{rate:>8}"
        room = self.width - _TIME - _EPOCH - 2 - len(right)
        full = int(done * room)
        drawn = "━" * full + ("╸" if full < room else "")
        line = Text(f"{number:>{_EPOCH}}  ")
        line.append(f"{drawn:<{room}}", style="cyan")
        line.append(right)
        line.append(f"{note:>{_TIME + _LEFT}}", style="dim")
        return line


def lay_out(tasks: Mapping[str, Mapping[str, str]], width: int) -> Table:
    """The most columns that fit: all metrics, else each task's main metric, else fewer tasks."""
    full, main = _groups(tasks, main=False), _groups(tasks, main=True)
    choices = [full, *(main[:count] for count in range(len(main), 0, -1))]
    fitting = (Table(groups, len(tasks) - len(groups)) for groups in choices)
    return next((table for table in fitting if table.width + _LEFT <= width), Table((), 0))


def _groups(tasks: Mapping[str, Mapping[str, str]], main: bool) -> tuple[Group, ...]:
    found: list[Group] = []
    for place, (task, titles) in enumerate(tasks.items()):
        shown = list(titles.items())[: 1 if main else None]
        least = min(len(task), _NAME) if main else _VALUE
        columns = tuple(
            Column(f"{task}.{metric}", title, max(_VALUE, len(title) - 2, least))
            for metric, title in shown
        )
        found.append(Group(task, columns, _COLORS[place % len(_COLORS)]))
    return tuple(found)


def _groups_width(groups: tuple[Group, ...]) -> int:
    return sum(group.width for group in groups) + _BETWEEN * max(0, len(groups) - 1)
