"""Metrics: how predictions are judged on validation rows."""

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
