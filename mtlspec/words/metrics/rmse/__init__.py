"""`rmse`: the root of the mean squared error.

In the unit of the label; √ mean (y - ŷ)².
"""

from mtlspec.words.metrics import Metric


class Rmse(Metric):
    """Root mean squared error."""

    title = "RMSE"
    higher_is_better = False
    judges = frozenset({"number"})


WORD = Rmse()
