"""`l1`: Σ|w|."""

from mtlspec import pysource as py
from mtlspec.words.losses import ProximalOptions, Separate


class L1(Separate):
    """The sum of |w| over all numbers of the arrays: Tibshirani, JRSS B 1996 (the lasso).

    By gradient, numbers come near 0; `method: prox` sets them to 0 exactly: each moves towards 0
    by the step (soft thresholding).

    Example:
        loss sparse = 0.001 * l1(weights(h))
    """

    takes_options = ProximalOptions

    def each(self, array: py.Expr) -> py.Expr:
        return py.call("torch.abs", array)

    def write_prox(self, array: py.Expr, step: py.Expr) -> py.Expr:
        return py.call("F.softshrink", array, step)


WORD = L1()
