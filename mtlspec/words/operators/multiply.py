"""`*`: x * y, number by number."""

from typing import cast

from mtlspec.words.operators import Operator, OperatorOptions
from mtlspec.words.word import Options


class Multiply(Operator):
    """x * y, number by number. The product of two probabilities is one.

    Example:
        let z = x * y
    """

    sign = "*"

    def keeps_probs(self, options: OperatorOptions) -> bool:
        return options.left is None and options.right is None

    def factor(self, options: Options) -> float | None:
        read = cast("OperatorOptions", options)
        return read.right if read.left is None else read.left

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        del options
        return len(places) == 1


WORD = Multiply()
