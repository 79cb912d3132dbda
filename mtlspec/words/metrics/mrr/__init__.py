"""`mrr`: the mean reciprocal rank of what was looked for.

1 where it always scores highest; a tie counts half. Of `retrieval`, a row's own item is ranked
among the items of the positive validation rows around it, of up to 1,000 one after another; where
the task says `item:`, each item is one of them once. Of `ranking`, it is the rank of the highest
candidate of a group whose relevance is above 0, and a group whose candidates are all equally
relevant does not count. `match : retrieval(item: item_id)` is judged by it.
"""

from mtlspec.words.metrics import Metric


class Mrr(Metric):
    """Mean reciprocal rank among the items of other rows, or the candidates of a group."""

    title = "MRR"
    higher_is_better = True
    judges = frozenset({"pair", "score"})
    reads = "predictions"


WORD = Mrr()
