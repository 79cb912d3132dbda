"""`l21`: the sum of the lengths of input rows."""

from mtlspec import pysource as py
from mtlspec.words.losses import Joint, ProximalOptions


class L21(Joint):
    """Σⱼ‖Wⱼ‖₂ over the input rows of matrices side by side: an input is used by all or by none.

    Argyriou, Evgeniou and Pontil, NeurIPS 2006, eq. 3; Obozinski, Taskar and Jordan, 2010. By
    gradient, rows come near 0; `method: prox` shortens each by the step, and sets those to 0 that
    are no longer than it.

    Example:
        loss joint = 0.01 * l21(weights(h), method: prox)
    """

    takes_options = ProximalOptions
    functions = ("row_lengths",)
    prox_functions = ("shorten_rows",)

    def joint(self, matrix: py.Expr) -> py.Expr:
        return py.call("torch.sum", py.call("row_lengths", matrix), dim=py.Constant(-1))

    def write_prox(self, array: py.Expr, step: py.Expr) -> py.Expr:
        return py.call("shorten_rows", array, step)


WORD = L21()
