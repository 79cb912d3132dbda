"""`dice`: a switch between two slopes at the mean of the batch."""

from collections.abc import Sequence
from typing import TypeVar

from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, zeros
from mtlspec.words.operators import add, multiply, subtract
from mtlspec.words.ops import Composed, Maker, batch_norm, sigmoid
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Options

V = TypeVar("V")


class Dice(Composed):
    """p x + (1 - p) α x with p = sigmoid((x - E) / √(Var + 1e-8)), E and Var those of the batch.

    Zhou et al., KDD 2018 (DIN), eq. 3. α is learned for each number and begins at 0. The batch is
    treated as in `batch_norm`.

    Example:
        layer h = features -> linear(64) -> dice
    """

    signature = "f32[d] -> f32[d]"
    owner_options = OwnerOptions

    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        del options
        width, x = types[0].width, values[0]
        normed = make.apply(batch_norm.WORD.bind(affine=False, eps=1e-8), x)
        p = make.apply(sigmoid.WORD.bind(), normed)
        alpha = make.learn(Parameter("alpha", (width,), zeros.WORD.bind(), width, matrix=False))
        rest = make.apply(subtract.WORD.bind(left=1.0), p)
        low = make.apply(multiply.WORD.bind(), make.apply(multiply.WORD.bind(), rest, alpha), x)
        return make.apply(add.WORD.bind(), make.apply(multiply.WORD.bind(), p, x), low)


WORD = Dice()
