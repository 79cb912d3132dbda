"""`transformer`: layers of attention and of a dense network, each added to its input and normed."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar, cast

from pydantic import Field

from mtlspec.types import Tensor
from mtlspec.words.operators import add
from mtlspec.words.ops import (
    Composed,
    Maker,
    attention,
    dropout,
    layer_norm,
    linear,
    relu,
)
from mtlspec.words.word import Options

V = TypeVar("V")


class TransformerOptions(Options):
    """`layers`: how many. `heads`: those of the attention. `ffn`: the width inside the dense
    network. `dropout`: the share dropped of what either adds, in training.
    """

    by_place: ClassVar[tuple[str, ...]] = ("layers", "heads", "ffn")

    layers: int = Field(ge=1)
    heads: int = Field(ge=1)
    ffn: int = Field(ge=1)
    dropout: float = Field(default=0.1, ge=0, lt=1)


class Transformer(Composed):
    """x ← norm(x + attention(x)), then x ← norm(x + W₂ relu(W₁ x + b₁) + b₂), once per layer.

    The encoder of Vaswani et al., NeurIPS 2017, section 3.1, with the defaults of
    `torch.nn.TransformerEncoderLayer`. It knows no order of the tokens: `positions` adds one.

    Example:
        layer events = bought -> positions -> transformer(layers: 2, heads: 4, ffn: 64)
    """

    takes_options = TransformerOptions
    signature = "f32[L, d] -> f32[L, d]"

    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        read, width, x = cast("TransformerOptions", options), types[0].width, values[0]
        norm = layer_norm.WORD.bind()
        for _ in range(read.layers):
            attended = make.apply(attention.WORD.bind(heads=read.heads), x)
            x = make.apply(norm, make.apply(add.WORD.bind(), x, _dropped(read, attended, make)))
            inner = make.apply(relu.WORD.bind(), make.apply(linear.WORD.bind(n=read.ffn), x))
            outer = make.apply(linear.WORD.bind(n=width), _dropped(read, inner, make))
            x = make.apply(norm, make.apply(add.WORD.bind(), x, _dropped(read, outer, make)))
        return x


def _dropped(read: TransformerOptions, value: V, make: Maker[V]) -> V:
    return make.apply(dropout.WORD.bind(p=read.dropout), value) if read.dropout else value


WORD = Transformer()
