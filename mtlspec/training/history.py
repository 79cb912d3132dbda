"""What is kept of an epoch: a line of `metrics.jsonl`, and the values that progress shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mtlspec.training.files import append_line

Value = float | int | bool | None


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch that has ended and was evaluated.

    `loss` is the objective and `losses` its parts (per task and loss term), means over the
    training rows; `metrics` are those of the validation rows, by `task.metric`. `step` counts
    from the start of training. `seconds` includes the evaluation, `rows_per_s` does not.
    `weights` are what the tasks' losses were multiplied by in the epoch's last step, where the
    balance changes them.
    """

    number: int
    step: int
    loss: float
    losses: Mapping[str, float | None]
    metrics: Mapping[str, float | None]
    score: float | None
    is_best: bool
    rows_per_s: float
    seconds: float
    weights: Mapping[str, float] = field(default_factory=dict[str, float])

    def values(self) -> dict[str, Value]:
        """The line of `metrics.jsonl`, in order; a value that there is not is None."""
        return {
            "epoch": self.number,
            "step": self.step,
            "loss": self.loss,
            **{f"{name}.loss": value for name, value in self.losses.items()},
            **{f"{name}.weight": value for name, value in self.weights.items()},
            **self.metrics,
            "select": self.score,
            "best": self.is_best,
            "rows_per_s": round(self.rows_per_s, 1),
            "seconds": round(self.seconds, 3),
        }


def append_epoch(path: Path, epoch: Epoch) -> None:
    """Adds the epoch's line; raises `SpecError` where it cannot be written."""
    append_line(path, json.dumps(epoch.values(), ensure_ascii=False))
