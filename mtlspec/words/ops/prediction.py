"""`prediction`: what already is the prediction of a task."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import SAME, Op
from mtlspec.words.word import Options


class Prediction(Op):
    """Declares that the numbers are the prediction already: a head of them gets no output layer.

    It is for tasks that predict plain numbers: of a `regression` the label, or log(1 + label) with
    `transform: log1p`; of a `count` the logarithm of the rate; of a `ranking` the score. What is a
    logit or a probability is said by `logit` and `prob`.

    Matrix factorisation (Koren, Bell and Volinsky, 2009, eq. 4):

    Example:
        weight mean : f32[1] = zeros
        head[stars] = prediction(mean + user_bias + item_bias + dot(user, item))
    """

    also = ("as_is", "identity", "output", "value", "exactly")
    signature = SAME

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor(types[0].shape, rows=types[0].rows, meaning="prediction")

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        return values[0]


WORD = Prediction()
