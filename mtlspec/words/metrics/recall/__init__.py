"""`recall`: how much of what was looked for is among the `k` highest.

Of `retrieval`, how often a row's own item is: it is ranked among the items of the positive
validation rows around it, of up to 1,000 one after another; where the task says `item:`, each item
is one of them once. `match : retrieval(metrics: [recall, recall(50)])` has two. Of `ranking`, the
share of the candidates with a relevance above 0 that are, averaged over groups; a group whose
candidates are all equally relevant does not count. Where a group has one, `recall(1)` is how often
it stands first. A tie counts half; with `k` items or fewer it is 1.
"""

from pydantic import Field

from mtlspec.words.metrics import Metric, MetricOptions


class RecallOptions(MetricOptions):
    by_place = ("k",)
    k: int = Field(default=10, ge=1, lt=1000)


class Recall(Metric):
    """The share of items, or of relevant candidates, that are among the highest."""

    title = "recall"
    takes_options = RecallOptions
    higher_is_better = True
    judges = frozenset({"pair", "score"})
    reads = "predictions"

    def titled(self, options: MetricOptions) -> str:
        assert isinstance(options, RecallOptions)
        return f"{self.title}@{options.k}"


WORD = Recall()
