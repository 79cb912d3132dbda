"""`/`: x / y, number by number."""

from typing import cast

from mtlspec.words.operators import Operator, OperatorOptions
from mtlspec.words.word import Options


class Divide(Operator):
    """x / y, number by number.

    Example:
        let z = x / y
    """

    sign = "/"

    def factor(self, options: Options) -> float | None:
        by = cast("OperatorOptions", options).right
        return 1 / by if by else None

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        read = cast("OperatorOptions", options)
        return read.left is None and places == frozenset({0})


WORD = Divide()
