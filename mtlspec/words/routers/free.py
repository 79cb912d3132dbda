"""`free`: the coefficients themselves; a stitch's default."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.routers import Router
from mtlspec.words.word import Options


class Free(Router):
    """a = ℓ: Misra et al., CVPR 2016 (cross-stitch), eq. 1; Ruder et al., AAAI 2019 (sluice).

    Example:
        stitch(init: own(0.9)) h[task] <- f
    """

    also = ("linear", "identity")
    compares = False

    def invert(self, options: Options, coefficients: Sequence[float]) -> Sequence[float] | None:
        del options
        return coefficients

    def write(self, options: Options, scores: Sequence[py.Expr], count: int, axis: int) -> py.Expr:
        del options, count, axis
        return scores[0]


WORD = Free()
