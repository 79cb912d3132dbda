"""`orthonormal`: columns (or rows) of length 1 that are orthogonal."""

from collections.abc import Mapping

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class Orthonormal(Initialiser):
    """WᵀW = I, or WWᵀ = I where there are more columns than rows, drawn uniformly.

    Saxe, McClelland and Ganguli, ICLR 2014; further axes count as columns.

    Example:
        weight u : f32[64, 8] = orthonormal
    """

    function = "orthogonal_"
    by_shape = True
    axes = 2

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = Orthonormal()
