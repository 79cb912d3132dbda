"""`accuracy`: the share of answers that are right.

Of classes and grades the most probable one is the answer, of yes or no the one above 0.5. Several
labels count one by one. `species : multiclass(3)` is judged by it.
"""

from mtlspec.words.metrics import Metric


class Accuracy(Metric):
    """The share of right answers."""

    title = "accuracy"
    higher_is_better = True
    judges = frozenset({"yes or no", "labels", "class", "grade"})


WORD = Accuracy()
