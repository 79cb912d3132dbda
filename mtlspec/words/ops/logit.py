"""`logit`: a logit, of a probability or of what already is one."""

from collections.abc import Sequence
from typing import Final, cast

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import SAME, Op
from mtlspec.words.ops.prob import Meant
from mtlspec.words.word import Options

NEAREST: Final = 1e-6
"""How near to 0 and 1 a probability may come, which float32 still tells apart."""


class Logit(Op):
    """log(p / (1 - p)) of a probability, which is kept 0.000001 away from 0 and 1.

    Of a plain value it declares that the numbers are logits already. A head of a logit gets no
    output layer.

    Example:
        head[click] = logit(dot(user, item))
    """

    signature = SAME

    def settle(self, options: Options, types: Sequence[Tensor]) -> Options:
        del options
        return Meant(of=types[0].meaning)

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        of = cast("Meant", options).of
        meaning = "logits" if of == "logits" else "logit"
        return Tensor(types[0].shape, rows=types[0].rows, meaning=meaning)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        if cast("Meant", options).of == "prob":
            return py.call("torch.logit", *values, eps=py.Constant(NEAREST))
        return values[0]


WORD = Logit()
