"""`recall`: how often the item that belongs to a user is among its `k` highest.

A row's own item is ranked among the items of the positive validation rows around it, of up to 1,000
one after another; where the task says `item:`, each item is one of them once. A tie counts half;
with `k` items or fewer it is 1. `match : retrieval(metrics: [recall, recall(50)])` has two.
"""

from pydantic import Field

from mtlspec.words.metrics import Metric, MetricOptions


class RecallOptions(MetricOptions):
    by_place = ("k",)
    k: int = Field(default=10, ge=1, lt=1000)


class Recall(Metric):
    """The share of items that are among the highest."""

    title = "recall"
    takes_options = RecallOptions
    higher_is_better = True
    judges = frozenset({"pair"})
    reads = "predictions"

    def titled(self, options: MetricOptions) -> str:
        assert isinstance(options, RecallOptions)
        return f"{self.title}@{options.k}"


WORD = Recall()
