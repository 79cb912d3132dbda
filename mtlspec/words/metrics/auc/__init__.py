"""`auc`: the area under the ROC curve, exact.

The share of pairs of a positive and a negative row in which the positive one is ranked higher; a
tie counts half. It has no value where all labels are the same. Of several labels it is the mean of
theirs, without those that have no value. `income : binary(…)` is judged by it, and
`select : income.auc` keeps the epoch where it was highest.
"""

from mtlspec.words.metrics import Metric


class Auc(Metric):
    """Area under the ROC curve of yes-or-no answers."""

    title = "AUC"
    higher_is_better = True
    judges = frozenset({"yes or no", "labels"})


WORD = Auc()
