"""`*`: x * y, number by number."""

from mtlspec.words.operators import Operator


class Multiply(Operator):
    """x * y, number by number.

    Example:
        let z = x * y
    """

    sign = "*"


WORD = Multiply()
