"""`prob`: a probability, of a logit or of what already is one."""

from collections.abc import Sequence
from typing import cast

from mtlspec import pysource as py
from mtlspec.types import Meaning, Tensor
from mtlspec.words.ops import SAME, Op
from mtlspec.words.word import NoOptions, Options


class Meant(NoOptions):
    """`of`: what the value means, which is told by its type."""

    of: Meaning = "plain"


class Prob(Op):
    """σ(z) of a logit, softmax(z) of the logits of classes.

    Of a plain value it declares that the numbers are probabilities already: nothing is squashed.
    A head of a probability gets no output layer.

    Example:
        head[buy] = prob(head[click]) * prob(head[cart])
    """

    signature = SAME

    def settle(self, options: Options, types: Sequence[Tensor]) -> Options:
        del options
        return Meant(of=types[0].meaning)

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor(types[0].shape, rows=types[0].rows, meaning="prob")

    def answers_apart(self, options: Options) -> bool:
        return cast("Meant", options).of == "logit"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        match cast("Meant", options).of:
            case "logit":
                return py.call("torch.sigmoid", *values)
            case "logits":
                return py.call("torch.softmax", *values, dim=py.Constant(-1))
            case _:
                return values[0]


WORD = Prob()
