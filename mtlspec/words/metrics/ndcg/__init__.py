"""`ndcg`: how near the candidates of a group stand to their best order.

The normalised discounted cumulative gain of whole groups: Σ (2^y - 1) / log2(1 + rank) over the
candidates of a group, divided by what the best order would give, and averaged over groups. 1 is the
best order. With `k` only the first `k` ranks count, in both. Candidates of equal score share the
mean of their discounts. A group whose candidates are all equally relevant has no order and does not
count. `rank : ranking(group: query, metrics: [ndcg, ndcg(10)])` is judged by two.
"""

from pydantic import Field

from mtlspec.words.metrics import Metric, MetricOptions


class NdcgOptions(MetricOptions):
    """`k` is how many of the first ranks count; all, where it is not given."""

    by_place = ("k",)
    k: int | None = Field(default=None, ge=1)


class Ndcg(Metric):
    """The discounted gain of an order, as a share of the best one's."""

    title = "NDCG"
    takes_options = NdcgOptions
    higher_is_better = True
    judges = frozenset({"score"})

    def titled(self, options: MetricOptions) -> str:
        assert isinstance(options, NdcgOptions)
        return f"{self.title}@{options.k}" if options.k else self.title


WORD = Ndcg()
