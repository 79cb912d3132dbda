"""`recall`: how often the item that belongs to a user is among its ten highest.

A row's own item is ranked among the items of the positive validation rows around it, of up to 1,000
one after another; where the task says `item:`, each item is one of them once. A tie counts half;
with ten items or fewer it is 1. `match : retrieval(metrics: [recall])` is judged by it.
"""

from mtlspec.words.metrics import Metric


class Recall(Metric):
    """The share of items that are among the ten highest."""

    title = "recall@10"
    higher_is_better = True
    judges = frozenset({"pair"})
    reads = "predictions"


WORD = Recall()
