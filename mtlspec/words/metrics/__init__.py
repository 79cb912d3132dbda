"""Metrics: how predictions are judged on validation rows."""

import math
from typing import ClassVar

from mtlspec.words.word import Word


class Metric(Word):
    """A metric; its folder's `run.py` has `build() -> torchmetrics.Metric`.

    The metric is fed what is served (a probability, say) and the labels, without missing ones. Its
    value is NaN where the rows give it none.
    """

    kind = "metrics"
    title: ClassVar[str]
    """As a table's head says it: `AUC`."""
    higher_is_better: ClassVar[bool]

    def share(self, value: float) -> float:
        """How well a value does, from 0 to 1: itself where more is better, else e to the -value."""
        return min(1.0, max(0.0, value)) if self.higher_is_better else math.exp(-max(0.0, value))
