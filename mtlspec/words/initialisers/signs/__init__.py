"""`signs`: 1 or -1, as a coin falls."""

from collections.abc import Mapping

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class Signs(Initialiser):
    """Each number is 1 or -1, with the same probability.

    Rank-one factors begin so: Wen, Tran and Ba, ICLR 2020 (BatchEnsemble), §3.

    Example:
        weight r[4] : f32[64] = signs
    """

    function = "signs_"
    own = True

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = Signs()
