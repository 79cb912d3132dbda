"""`identity`: 1 on the diagonal, 0 elsewhere."""

from collections.abc import Mapping

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class Identity(Initialiser):
    """The identity matrix; of a matrix that is not square, as much of it as there is.

    Example:
        weight w : f32[8, 8] = identity
    """

    function = "eye_"
    draws = False
    by_shape = True
    axes = 2
    most_axes = 2

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = Identity()
