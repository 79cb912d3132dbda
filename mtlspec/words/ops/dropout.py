"""`dropout`: in training, zeros at random."""

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class DropoutOptions(Options):
    """`p`: the share that is set to zero."""

    by_place: ClassVar[tuple[str, ...]] = ("p",)

    p: float = Field(ge=0, lt=1)


class Dropout(Op):
    """In training each number is zero with probability p, the others are scaled by 1/(1 - p).

    Srivastava et al., JMLR 2014. When the model serves it is the identity.

    Example:
        layer h = features -> mlp(64) -> dropout(0.1)
    """

    takes_options = DropoutOptions
    signature = "f32[…] -> f32[…]"
    draws = True

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        rate = py.Constant(cast("DropoutOptions", options).p)
        return py.call("F.dropout", *values, p=rate, training=py.Name("self.training"))


WORD = Dropout()
