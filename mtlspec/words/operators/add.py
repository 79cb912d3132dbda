"""`+`: x + y, number by number."""

from collections.abc import Sequence
from typing import cast

from mtlspec import pysource as py
from mtlspec.words.operators import Operator, OperatorOptions
from mtlspec.words.word import Options


class Add(Operator):
    """x + y, number by number. The sum of two probabilities is one, at most 1.

    Example:
        let z = x + y
    """

    sign = "+"

    def keeps_probs(self, options: OperatorOptions) -> bool:
        return options.left is None and options.right is None

    def factor(self, options: Options) -> float | None:
        read = cast("OperatorOptions", options)
        return 1.0 if read.left is None and read.right is None else None

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        total = super().write(options, values, layer)
        if not cast("OperatorOptions", options).probs:
            return total
        return py.method(total, "clamp", max=py.Constant(1.0))

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        del options, places
        return True


WORD = Add()
