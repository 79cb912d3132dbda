"""`zeros`: 0 everywhere."""

from collections.abc import Mapping

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class Zeros(Initialiser):
    """Each number is 0.

    Example:
        weight w : f32[16, 8] = zeros
    """

    function = "zeros_"
    draws = False

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = Zeros()
