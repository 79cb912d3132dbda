"""`lora`: a fixed linear layer, and a learned correction of low rank."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import ClassVar, TypeVar, cast

from pydantic import Field

from mtlspec.types import Tensor
from mtlspec.words.initialisers import normal, zeros
from mtlspec.words.operators import add, multiply
from mtlspec.words.ops import Composed, Maker, linear
from mtlspec.words.owning import MatrixOptions
from mtlspec.words.word import Options

V = TypeVar("V")


class LoraOptions(Options):
    """`n`: the outputs. `rank`: that of the correction. `alpha`: it is scaled by alpha / rank.
    `bias`: whether there is a b.
    """

    by_place: ClassVar[tuple[str, ...]] = ("n", "rank", "alpha")

    n: int = Field(ge=1)
    rank: int = Field(ge=1)
    alpha: float = Field(gt=0)
    bias: bool = True


class Lora(Composed):
    """y = W x + b + (alpha / rank) B A x: W and b stay as they begin, A and B are learned.

    Hu et al., ICLR 2022, eq. 3. A is drawn from N(0, 1/d) and B begins as 0, so that at first
    there is no correction.

    Example:
        layer h = features -> lora(64, 4, alpha: 8)
    """

    takes_options = LoraOptions
    signature = "f32[…, d] -> f32[…, n]"

    def letters(self, options: Options) -> Mapping[str, int]:
        return {"n": cast("LoraOptions", options).n}

    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        read, x = cast("LoraOptions", options), values[0]
        down = MatrixOptions(init=normal.WORD.bind(std=1 / sqrt(types[0].width)))
        up = MatrixOptions(init=zeros.WORD.bind())
        fixed = linear.WORD.bind(n=read.n, bias=read.bias)
        y = make.apply(fixed, x, owning=MatrixOptions(frozen=True))
        narrow = make.apply(linear.WORD.bind(n=read.rank, bias=False), x, owning=down)
        learned = make.apply(linear.WORD.bind(n=read.n, bias=False), narrow, owning=up)
        scaled = make.apply(multiply.WORD.bind(right=read.alpha / read.rank), learned)
        return make.apply(add.WORD.bind(), y, scaled)


WORD = Lora()
