"""`/`: x / y, number by number."""

from mtlspec.words.operators import Operator


class Divide(Operator):
    """x / y, number by number.

    Example:
        let z = x / y
    """

    sign = "/"


WORD = Divide()
