"""What a run came to, for stdout: the best epoch, tasks × metrics, what to type next."""

from __future__ import annotations

from collections.abc import Iterator

from mtlspec.check.training import Select
from mtlspec.training.figures import show_value
from mtlspec.training.history import Epoch
from mtlspec.training.training import RunResult

_LABEL = 7


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
    names = max((len(task) for task in result.titles), default=0)
    values = max((len(show_value(value)) for value in best.metrics.values()), default=0)
    for place, (task, titles) in enumerate(result.titles.items()):
        shown = (
            f"{title} {show_value(best.metrics[f'{task}.{metric}']):>{values}}"
            for metric, title in titles.items()
        )
        yield f"{'' if place else 'valid':<{_LABEL}}{task:<{names}}  {'   '.join(shown)}"


def _name(select: Select) -> str:
    text = str(select)
    return text if len(text) <= 50 else f"the mean of {len(select.terms)} metrics"
