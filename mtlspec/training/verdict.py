"""What a run came to, for stdout: the best epoch, tasks × metrics, what to type next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from mtlspec.check.training import Select
from mtlspec.names import ranges
from mtlspec.training.figures import show_value
from mtlspec.training.history import Epoch
from mtlspec.training.training import RunResult

_LABEL = 7
_MOST_TASKS = 12
"""Tasks of a family that have a line each."""


def describe(result: RunResult) -> str:
    """Several lines of at most 80 columns, for names of usual length."""
    lines = [] if result.best is None else list(_best_lines(result, result.best))
    path = result.directory.path
    lines += [f"{'run':<{_LABEL}}{path}"]
    if result.best is not None:
        stem = path.name.rpartition("-")[0] or path.name
        lines += ["", f"{'next':<{_LABEL}}mtlspec export {path} -o {stem}.onnx"]
    return "\n".join(lines) + "\n"


def _best_lines(result: RunResult, best: Epoch) -> Iterator[str]:
    score = f" = {show_value(best.score)}" if best.score is not None else ", the last one"
    yield f"{'best':<{_LABEL}}epoch {best.number} by {_name(result.select)}{score}"
    rows = list(_rows(result, best))
    names = max((len(name) for name, _ in rows), default=0)
    values = max((len(show_value(value)) for _, row in rows for value in row.values()), default=0)
    for place, (name, row) in enumerate(rows):
        shown = (f"{title} {show_value(value):>{values}}" for title, value in row.items())
        yield f"{'' if place else 'valid':<{_LABEL}}{name:<{names}}  {'   '.join(shown)}"


def _rows(result: RunResult, best: Epoch) -> Iterator[tuple[str, dict[str, float | None]]]:
    """The metrics of each task by title; of a large family their means over its tasks."""
    for _, group in groupby(result.titles.items(), key=lambda item: item[0].partition("[")[0]):
        tasks = dict(group)
        if len(tasks) <= _MOST_TASKS:
            for task, titles in tasks.items():
                yield task, {title: best.metrics[f"{task}.{m}"] for m, title in titles.items()}
            continue
        (name,) = ranges(list(tasks))[:1]
        means: dict[str, float | None] = {}
        for metric, title in next(iter(tasks.values())).items():
            found = [best.metrics[f"{task}.{metric}"] for task in tasks]
            known = [value for value in found if value is not None]
            means[title] = sum(known) / len(known) if known else None
        yield f"mean of {name}", means


def _name(select: Select) -> str:
    text = str(select)
    return text if len(text) <= 50 else f"the mean of {len(select.terms)} metrics"
