"""`mrr`: the mean reciprocal rank of the item that belongs to a user.

1 where it always scores highest. A row's own item is ranked among the items of the positive
validation rows around it, of up to 1,000 one after another; where the task says `item:`, each item
is one of them once. A tie counts half. `match : retrieval(item: item_id)` is judged by it.
"""

from mtlspec.words.metrics import Metric


class Mrr(Metric):
    """Mean reciprocal rank among the items of other rows."""

    title = "MRR"
    higher_is_better = True
    judges = frozenset({"pair"})
    reads = "predictions"


WORD = Mrr()
