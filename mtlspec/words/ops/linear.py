"""`linear`: y = W x + b."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, fan_in
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class LinearOptions(Options):
    """`n`: the outputs. `bias`: whether b is learned."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)

    n: int = Field(ge=1)
    bias: bool = True


class Linear(Op):
    """y = W x + b over the last axis; W is [n, d], as in `torch.nn.Linear`.

    Example:
        layer h = features -> linear(64)
    """

    also = ("fc", "affine", "fully_connected")
    takes_options = LinearOptions
    signature = "f32[…, d] -> f32[…, n]"
    reads_groups = True

    def letters(self, options: Options) -> Mapping[str, int]:
        return {"n": cast("LinearOptions", options).n}

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        read = cast("LinearOptions", options)
        inputs = types[0].width
        weight = Parameter("weight", (read.n, inputs), fan_in.WORD.bind(), inputs)
        bias = Parameter("bias", (read.n,), fan_in.WORD.bind(), inputs, matrix=False)
        return (weight, bias) if read.bias else (weight,)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options
        assert layer is not None
        return py.call(layer, *values)


WORD = Linear()
