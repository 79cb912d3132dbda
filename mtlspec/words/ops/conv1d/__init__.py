"""`conv1d`: a convolution over the tokens of a row."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, fan_in
from mtlspec.words.ops import Op
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Bound, Options


class Conv1dOptions(Options):
    """`n`: the outputs. `k`: how many tokens each is computed from."""

    by_place: ClassVar[tuple[str, ...]] = ("n", "k")

    n: int = Field(ge=1)
    k: int = Field(ge=1)


class Conv1d(Op):
    """A linear layer of k tokens around each; what lies outside of a row counts as 0.

    `torch.nn.Conv1d` with `padding="same"`; of an even k one token more lies behind than before.

    Example:
        layer runs = bought -> conv1d(32, 3) -> relu -> pool(max)
    """

    takes_options = Conv1dOptions
    signature = "f32[L, d] -> f32[L, n]"
    layer = "module"
    classes = ("Conv1d",)
    owner_options = OwnerOptions

    def letters(self, options: Options) -> Mapping[str, int]:
        return {"n": cast("Conv1dOptions", options).n}

    def masked(self, options: Options) -> int:
        del options
        return 0

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        read, width = cast("Conv1dOptions", options), types[0].width
        drawn, count = fan_in.WORD.bind(), width * read.k
        weight = Parameter("weight", (read.n, width, read.k), drawn, count)
        return (weight, Parameter("bias", (read.n,), drawn, count, matrix=False))

    def usual(self, parameter: Parameter) -> Bound:
        del parameter
        return fan_in.WORD.bind()

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        read = cast("Conv1dOptions", options)
        lead = () if members is None else (members,)
        return py.call("Conv1d", *map(py.Constant, (types[0].width, read.n, read.k, *lead)))

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options
        assert layer is not None
        return py.call(layer, *values)


WORD = Conv1d()
