"""`attention`: every token of a row attends to all of them."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar, cast

from pydantic import Field

from mtlspec.types import Tensor
from mtlspec.words.ops import Composed, Maker, attend, linear
from mtlspec.words.word import Options

V = TypeVar("V")


class AttentionOptions(Options):
    """`heads`: how many parts of the width attend apart; they divide it."""

    by_place: ClassVar[tuple[str, ...]] = ("heads",)

    heads: int = Field(ge=1)


class Attention(Composed):
    """Multi-head self-attention: W_o [head_1, …, head_h] + b_o.

    head_i = softmax(q_i k_iᵀ / √(d/h)) v_i over the tokens of the row, with q, k and v a linear
    layer of x each. Vaswani et al., NeurIPS 2017, section 3.2.2.

    Example:
        layer events = bought -> positions -> attention(2)
    """

    takes_options = AttentionOptions
    signature = "f32[L, d] -> f32[L, d]"

    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        heads, width = cast("AttentionOptions", options).heads, types[0].width
        layer = linear.WORD.bind(n=width)
        q, k, v = (make.apply(layer, values[0]) for _ in range(3))
        return make.apply(layer, make.apply(attend.WORD.bind(heads=heads), q, k, v))


WORD = Attention()
