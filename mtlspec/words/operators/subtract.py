"""`-`: x - y, number by number."""

from mtlspec.words.operators import Operator, OperatorOptions
from mtlspec.words.word import Options


class Subtract(Operator):
    """x - y, number by number. 1 less a probability is one.

    Example:
        let z = x - y
    """

    sign = "-"

    def keeps_probs(self, options: OperatorOptions) -> bool:
        return options.left == 1

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        del options, places
        return True


WORD = Subtract()
