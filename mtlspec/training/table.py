"""The table of epochs: which columns fit a width, and its lines.

Layout at 80 columns, two tasks: the epoch, the loss, each task's metrics, the tasks' weights where
they change, rows/s, time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.text import Text

from mtlspec.training.figures import show_rate, show_short, show_time, show_weight
from mtlspec.training.history import Epoch

_EPOCH, _LOSS, _RATE, _TIME = 6, 7, 10, 7
_LEFT = len(" left")
_VALUE, _NAME, _GAP, _BETWEEN = 5, 9, 3, 2
_WEIGHT = 3
"""Digits of a weight, and letters of the task above it."""
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
class Weight:
    """The column of a task's weight."""

    task: str
    title: str
    color: str


@dataclass(frozen=True, slots=True)
class Table:
    """Groups that fit, `between` them so many blanks; `hidden` is how many tasks did not.

    `weights` has a column for every task or none at all; `unseen` tells that they did not fit.
    """

    groups: tuple[Group, ...]
    hidden: int
    between: int = _BETWEEN
    weights: tuple[Weight, ...] = ()
    unseen: bool = False

    @property
    def width(self) -> int:
        return _EPOCH + _LOSS + self._groups_width + self._weights_width + _RATE + _TIME

    @property
    def _groups_width(self) -> int:
        gaps = self.between * max(0, len(self.groups) - 1)
        return sum(group.width for group in self.groups) + gaps

    @property
    def _weights_width(self) -> int:
        """The first stands a blank further off than the others from one another."""
        return bool(self.weights) + len(self.weights) * (_WEIGHT + 2)

    def heading(self) -> tuple[Text, ...]:
        """The line of the tasks, the line of the columns, and a word on what did not fit."""
        lines = (self._tasks(), self._titles())
        tasks = "1 task more" if self.hidden == 1 else f"{self.hidden} tasks more"
        missing = [tasks] * (self.hidden > 0) + ["the weights"] * self.unseen
        if not missing:
            return lines
        text = f"and {' and '.join(missing)}, in metrics.jsonl"
        return (*lines, Text(f"{text:>{self.width}}", "dim"))

    def _tasks(self) -> Text:
        line, start = Text(), _EPOCH + _LOSS
        for group in self.groups:
            indent = min(2, group.width - _GAP - len(group.name))
            line.pad_right(start + _GAP + indent - len(line))
            line.append(group.name, style=group.color)
            start += group.width + self.between
        if self.weights:
            stop = _EPOCH + _LOSS + self._groups_width + self._weights_width
            line.append(f"{'weights':>{stop - len(line)}}")
        return line

    def _titles(self) -> Text:
        line, stop = f"{'epoch':>{_EPOCH}}{'loss':>{_LOSS}}", _EPOCH + _LOSS
        for group in self.groups:
            for column in group.columns:
                stop += column.width
                # centred over its values, a title may stand out by one on either side
                line = f"{line:<{stop - (_VALUE + len(column.title)) // 2}}{column.title}"
            stop += self.between
        titles = Text(f"{line:<{stop - self.between}}")
        titles.append(" " * bool(self.weights))
        for weight in self.weights:
            titles.append(f"{weight.title:>{_WEIGHT + 2}}", style=weight.color)
        rate = f"{'rows/s':>{self.width - _TIME - len(titles)}}"
        return titles.append(f"{rate}{'time':>{_TIME}}", style="default")

    def row(self, epoch: Epoch, best: bool) -> Text:
        """An epoch's line; the best one is marked."""
        line = Text(f"{epoch.number:>{_EPOCH}}")
        if best:
            line = Text(f"{'★ ' + str(epoch.number):>{_EPOCH}}", style="green")
        line.append(f"{show_short(epoch.loss):>{_LOSS}}", style="default")
        for place, group in enumerate(self.groups):
            line.append(" " * (self.between if place else 0))
            for column in group.columns:
                text = show_short(epoch.metrics[column.key])
                line.append(f"{text:>{column.width}}", style="default")
        line.append(" " * bool(self.weights))
        for weight in self.weights:
            shown = show_weight(epoch.weights[weight.task])
            line.append(f"{shown:>{_WEIGHT + 2}}", style="default")
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


def lay_out(tasks: Mapping[str, Mapping[str, str]], width: int, *, weights: bool = False) -> Table:
    """The most columns that fit: all metrics, else each task's main metric, else fewer tasks.

    With `weights`, those of all tasks as long as every task has its main metric beside them.
    """
    fitting = (t for t in _tables(tasks, weights=weights) if t.width + _LEFT <= width)
    return next(fitting, Table((), 0))


def _tables(tasks: Mapping[str, Mapping[str, str]], *, weights: bool) -> Iterator[Table]:
    """What may be shown, the best first."""
    full, main = _groups(tasks), _groups(tasks, _NAME)
    narrow = _groups(tasks, _VALUE)
    shown = _weights(tasks) if weights else ()
    yield Table(full, 0, weights=shown)
    yield Table(main, 0, weights=shown)
    yield Table(narrow, 0, 0, shown)
    if weights:
        yield Table(narrow, 0, 0, unseen=True)
    for count in range(len(narrow) - 1, 0, -1):
        yield Table(narrow[:count], len(tasks) - count, 0, unseen=weights)


def _weights(tasks: Iterable[str]) -> tuple[Weight, ...]:
    """A column for each task, under as much of its name as tells it from the others."""
    names = list(tasks)
    starts = [name[:_WEIGHT] for name in names]
    ends = [name[:1] + name[1:][1 - _WEIGHT :] for name in names]
    numbers = [str(place) for place in range(1, len(names) + 1)]
    unlike = (found for found in (starts, ends) if len(set(found)) == len(names))
    return tuple(
        Weight(name, title, _COLORS[place % len(_COLORS)])
        for place, (name, title) in enumerate(zip(names, next(unlike, numbers), strict=True))
    )


def _groups(
    tasks: Mapping[str, Mapping[str, str]], name_room: int | None = None
) -> tuple[Group, ...]:
    """All metrics, or the main one with so much room for the task's name."""
    found: list[Group] = []
    for place, (task, titles) in enumerate(tasks.items()):
        shown = list(titles.items())[: 1 if name_room else None]
        least = min(len(task), name_room) if name_room else _VALUE
        columns = tuple(
            Column(f"{task}.{metric}", title, max(_VALUE, len(title) - 2, least))
            for metric, title in shown
        )
        found.append(Group(task, columns, _COLORS[place % len(_COLORS)]))
    return tuple(found)
