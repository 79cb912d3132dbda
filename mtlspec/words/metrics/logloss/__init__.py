"""`logloss`: the mean negative logarithm of the probability given to what was true.

-(y ln p + (1 - y) ln(1 - p)), averaged over rows; lower is better. For a binary task it is the
loss that is trained.
"""

from mtlspec.words.metrics import Metric


class LogLoss(Metric):
    """Mean cross-entropy of probabilities and binary labels, in nats."""

    also = ("log_loss", "bce", "cross_entropy", "nll")
    title = "logloss"
    higher_is_better = False


WORD = LogLoss()
