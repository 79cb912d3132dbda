"""`equal`: every task counts by its own `weight:` and nothing else.

The objective is Σ w_t L_t + Σ loss terms, with w_t = 1 unless the task says otherwise.
"""

from mtlspec.words.balance import Balance


class Equal(Balance):
    """The plain weighted sum of the losses."""

    also = ("none", "sum", "uniform")
    adapts = False


WORD = Equal()
