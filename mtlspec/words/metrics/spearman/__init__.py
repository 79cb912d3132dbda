"""`spearman`: how well the order of the rows is predicted.

Spearman's ρ: the correlation of the ranks of labels and predictions; equal values share their mean
rank. It has no value where all labels, or all predictions, are the same. `value : ltv` and
`visits : count` are judged by it.
"""

from mtlspec.words.metrics import Metric


class Spearman(Metric):
    """Rank correlation of labels and predictions."""

    title = "ρ"
    higher_is_better = True
    judges = frozenset({"number"})


WORD = Spearman()
