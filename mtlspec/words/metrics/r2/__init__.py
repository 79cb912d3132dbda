"""`r2`: the share of the variance of the labels that is explained.

1 - Σ (y - ŷ)² / Σ (y - ȳ)²; 0 for the mean of the labels and 1 for no error at all. It has no value
where all labels are the same. `rent : regression` is judged by it.
"""

from mtlspec.words.metrics import Metric


class R2(Metric):
    """Coefficient of determination."""

    title = "R²"
    higher_is_better = True
    judges = frozenset({"number"})


WORD = R2()
