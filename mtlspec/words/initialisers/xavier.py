"""`xavier`: U(-a, a) with a = √(6 / (in + out)); what a `weight` begins with."""

from collections.abc import Mapping

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class Xavier(Initialiser):
    """Each number is drawn from U(-a, a), a = √(6 / (in + out)), of an array of two axes or more.

    Glorot and Bengio, AISTATS 2010, eq. 16; in and out are counted as `torch.nn.init` does.
    """

    function = "xavier_uniform_"
    by_shape = True
    axes = 2

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = Xavier()
