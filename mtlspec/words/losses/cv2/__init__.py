"""`cv2`: the squared coefficient of variation."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.losses import Penalty
from mtlspec.words.word import Options


class Cv2(Penalty):
    """Var(x) / mean(x)² of a vector, the variance being that of all its numbers.

    Shazeer et al., ICLR 2017, eq. 7, where x is the importance or the load of experts.

    Example:
        loss balanced[task] = 0.1 * cv2(importance(g[task]))
    """

    also = ("cv_squared",)
    signature = "f32[n] -> f32[]"
    functions = ("cv2",)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("cv2", *values)


WORD = Cv2()
