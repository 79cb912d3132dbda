"""`ones`: 1 everywhere."""

from collections.abc import Mapping

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class Ones(Initialiser):
    """Each number is 1.

    Example:
        weight w : f32[8] = ones
    """

    function = "ones_"
    draws = False

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = Ones()
