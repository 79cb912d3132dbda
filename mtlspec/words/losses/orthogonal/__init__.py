"""`orthogonal`: how far two matrices are from spanning orthogonal spaces."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.losses import Penalty
from mtlspec.words.word import Options


class Orthogonal(Penalty):
    """‖AᵀB‖²_F of two matrices with as many rows: 0 where their columns are orthogonal.

    Ruder et al., AAAI 2019 (sluice networks), §2, after Bousmalis et al., NeurIPS 2016, eq. 5.

    Example:
        loss apart[task] = 0.1 * orthogonal(weights(f[task, 1]), weights(f[task, 2]))
    """

    signature = "f32[a, b], f32[a, c] -> f32[]"
    functions = ("orthogonal",)
    lining = "stretch"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("orthogonal", *values)


WORD = Orthogonal()
