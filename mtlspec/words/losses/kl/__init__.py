"""`kl`: how far one distribution is from another."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.losses import Loss
from mtlspec.words.word import Options


class Kl(Loss):
    """KL(p‖q) = Σᵢ pᵢ log(pᵢ / qᵢ) along the last axis: Kullback and Leibler, 1951.

    p comes first: the one that q is to be like. In the logarithms no probability is below 1e-12.
    What is known to sum to nothing is refused: logits, a single number, answers that are apart.

    Example:
        loss soft = kl(stop_gradient(softmax(teacher)), softmax(student))
    """

    also = ("kl_div", "kl_divergence", "kullback_leibler")
    signature = "f32[…, d], f32[…, d] -> f32[…, 1]"
    functions = ("kl",)
    of_distributions = True

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("kl", *values)


WORD = Kl()
