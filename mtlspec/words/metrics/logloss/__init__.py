"""`logloss`: the mean negative logarithm of the probability given to what was true.

-(y ln p + (1 - y) ln(1 - p)), or -ln p of the class that was true, averaged over rows; of several
labels, over all that are known. Lower is better. For a binary task it is the loss that is trained.
"""

from mtlspec.words.metrics import Metric


class LogLoss(Metric):
    """Mean cross-entropy of probabilities and what was true, in nats."""

    title = "logloss"
    higher_is_better = False
    judges = frozenset({"yes or no", "labels", "class", "grade"})


WORD = LogLoss()
