"""`*`: x * y, number by number."""

from mtlspec.words.operators import Operator, OperatorOptions


class Multiply(Operator):
    """x * y, number by number. The product of two probabilities is one.

    Example:
        let z = x * y
    """

    sign = "*"

    def keeps_probs(self, options: OperatorOptions) -> bool:
        return options.left is None and options.right is None


WORD = Multiply()
