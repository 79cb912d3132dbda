"""`l2`: Σw²."""

from mtlspec import pysource as py
from mtlspec.words.losses import Separate


class L2(Separate):
    """The sum of w² over all numbers of the arrays, without ½.

    Hoerl and Kennard, Technometrics 1970 (ridge regression).

    Example:
        loss near[task] = 0.01 * l2(weights(h[task]) - mean(weights(h)))
    """

    def each(self, array: py.Expr) -> py.Expr:
        return py.method(array, "square")


WORD = L2()
