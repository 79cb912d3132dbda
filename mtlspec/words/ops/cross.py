"""`cross`: the cross network of DCN-v2."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar, cast

from pydantic import Field

from mtlspec.types import Tensor
from mtlspec.words.operators import add, multiply
from mtlspec.words.ops import Composed, Maker, linear, low_rank
from mtlspec.words.word import Options

V = TypeVar("V")


class CrossOptions(Options):
    """`layers`: how often the input is crossed with what came of it. `rank`: that of the matrices,
    where they are products of two narrow ones.
    """

    by_place: ClassVar[tuple[str, ...]] = ("layers",)

    layers: int = Field(default=2, ge=1)
    rank: int | None = Field(default=None, ge=1)


class Cross(Composed):
    """y ← x ⊙ (W y + b) + y, beginning with y = x, once per layer.

    Wang et al., WWW 2021 (DCN-v2), eq. 1; with `rank:` W = U Vᵀ, eq. 2.

    Example:
        layer h = features -> cross(layers: 3)
    """

    takes_options = CrossOptions
    signature = "f32[…, d] -> f32[…, d]"

    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        read, width = cast("CrossOptions", options), types[0].width
        layer = linear.WORD.bind(n=width)
        if read.rank is not None:
            layer = low_rank.WORD.bind(n=width, rank=read.rank)
        x = y = values[0]
        for _ in range(read.layers):
            crossed = make.apply(multiply.WORD.bind(), x, make.apply(layer, y))
            y = make.apply(add.WORD.bind(), crossed, y)
        return y


WORD = Cross()
