"""`mlp`: dense layers, one after the other."""

from typing import Annotated, ClassVar, Literal, cast

from pydantic import Field

from mtlspec.words.ops import Activation, Chain, dense, relu
from mtlspec.words.word import Bound, Options


class MlpOptions(Options):
    """`widths`: one dense layer each, by place, numbers or a list of them. `bias`, `act`, `norm`
    and `dropout` are those of each. `last`: the last layer's activation where it is another one
    (`linear`: neither that nor a norm).
    """

    variadic: ClassVar[str | None] = "widths"

    widths: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    bias: bool = True
    act: Activation = Field(default_factory=relu.WORD.bind)
    norm: Activation | None = None
    last: Literal["linear"] | None = None
    dropout: float = Field(default=0.0, ge=0, lt=1)


class Mlp(Chain):
    """A chain of `dense`, the last one activated too unless `last: linear`.

    Example:
        layer h = features -> mlp(128, 64)
    """

    also = ("dnn", "ffn", "feed_forward", "tower", "sequential")
    takes_options = MlpOptions
    signature = "f32[…, d] -> f32[…, n]"

    def expand(self, options: Options) -> tuple[Bound, ...]:
        read = cast("MlpOptions", options)
        *inner, last = read.widths
        layers = [self._dense(read, n) for n in inner]
        if read.last == "linear":
            return (*layers, dense.linear.WORD.bind(n=last, bias=read.bias))
        return (*layers, self._dense(read, last))

    def _dense(self, read: MlpOptions, n: int) -> Bound:
        return dense.WORD.bind(
            n=n, bias=read.bias, act=read.act, norm=read.norm, dropout=read.dropout
        )


WORD = Mlp()
