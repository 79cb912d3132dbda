"""`kl`: how far one distribution is from another."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.losses import Loss
from mtlspec.words.word import Options


class Kl(Loss):
    """KL(p‖q) = Σᵢ pᵢ log(pᵢ / qᵢ) along the last axis: Kullback and Leibler, 1951.

    p comes first: the one that q is to be like. In the logarithms no probability is below 1e-12.

    Example:
        loss soft = kl(stop_gradient(softmax(teacher)), softmax(student))
    """

    signature = "f32[…, d], f32[…, d] -> f32[…, 1]"
    functions = ("kl",)

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        for place, found in enumerate(types):
            made = ""
            if found.shape[-1:] == (1,):
                made = "of yes or no it has two numbers: `concat(p, 1 - p)` of a probability"
            elif found.meaning in ("logit", "logits"):
                made = "`prob({})` makes one of the logits of classes"
            if made:
                return Mismatch(place, "a distribution", str(found), made)
        return super().infer(options, types)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return py.call("kl", *values)


WORD = Kl()
