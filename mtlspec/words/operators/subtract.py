"""`-`: x - y, number by number."""

from mtlspec.words.operators import Operator, OperatorOptions


class Subtract(Operator):
    """x - y, number by number. 1 less a probability is one.

    Example:
        let z = x - y
    """

    sign = "-"

    def keeps_probs(self, options: OperatorOptions) -> bool:
        return options.left == 1


WORD = Subtract()
