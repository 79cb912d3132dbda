"""`ndcg`: how near the candidates of a group stand to their best order.

The normalised discounted cumulative gain of whole groups: Σ (2^y - 1) / log2(1 + rank) over the
candidates of a group, divided by what the best order would give, and averaged over groups. 1 is the
best order. Candidates of equal score share the mean of their discounts. A group whose candidates
are all equally relevant has no order and does not count. `rank : ranking(group: query)` is judged
by it.
"""

from mtlspec.words.metrics import Metric


class Ndcg(Metric):
    """The discounted gain of an order, as a share of the best one's."""

    title = "NDCG"
    higher_is_better = True
    judges = frozenset({"score"})


WORD = Ndcg()
