"""`mae`: the mean absolute error.

In the unit of the label; mean |y - ŷ|. Of grades it is the mean distance, in steps, of the most
probable grade from the true one.
"""

from mtlspec.words.metrics import Metric


class Mae(Metric):
    """Mean absolute error."""

    title = "MAE"
    higher_is_better = False
    judges = frozenset({"number", "grade"})


WORD = Mae()
