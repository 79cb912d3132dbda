"""`reverse_gradient`: the identity, with its gradient turned round."""

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.ops import SAME, Op
from mtlspec.words.word import Options


class ReverseGradientOptions(Options):
    """`scale`: λ, what the gradient is multiplied with besides -1."""

    by_place: ClassVar[tuple[str, ...]] = ("scale",)

    scale: float = Field(default=1.0, gt=0)


class ReverseGradient(Op):
    """The value as it is; its gradient is multiplied by -λ.

    Ganin and Lempitsky, ICML 2015, eqs. 16 and 17: what comes before learns what its reader
    cannot use.

    Example:
        head[domain] = shared -> reverse_gradient(0.1) -> mlp(32)
    """

    also = ("grl", "gradient_reversal")
    takes_options = ReverseGradientOptions
    keeps_meaning = True
    signature = SAME
    functions = ("reverse_gradient",)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        scale = cast("ReverseGradientOptions", options).scale
        return py.call("reverse_gradient", *values, py.Constant(scale))


WORD = ReverseGradient()
