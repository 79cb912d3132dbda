"""`dense`: linear → norm → activation → dropout."""

from typing import ClassVar, cast

from pydantic import Field

from mtlspec.words.ops import Activation, Chain, dropout, linear, relu
from mtlspec.words.word import Bound, Options


class DenseOptions(Options):
    """`n`: the outputs. `bias`: whether there is one. `act`: the activation. `norm`: what stands
    before it, such as `layer_norm`. `dropout`: the share dropped in training.
    """

    by_place: ClassVar[tuple[str, ...]] = ("n",)

    n: int = Field(ge=1)
    bias: bool = True
    act: Activation = Field(default_factory=relu.WORD.bind)
    norm: Activation | None = None
    dropout: float = Field(default=0.0, ge=0, lt=1)


class Dense(Chain):
    """A linear layer, its activation, and a norm and dropout where they are asked for.

    Example:
        layer h = features -> dense(64, act: gelu, dropout: 0.1)
    """

    takes_options = DenseOptions
    signature = "f32[…, d] -> f32[…, n]"

    def expand(self, options: Options) -> tuple[Bound, ...]:
        read = cast("DenseOptions", options)
        norm = (read.norm,) if read.norm else ()
        drop = (dropout.WORD.bind(p=read.dropout),) if read.dropout else ()
        return (linear.WORD.bind(n=read.n, bias=read.bias), *norm, read.act, *drop)


WORD = Dense()
