"""`gru`: a gated recurrent unit over the tokens of a row."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, fan_in
from mtlspec.words.ops import Op
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Bound, Options


class GruOptions(Options):
    """`n`: the width of the state."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)

    n: int = Field(ge=1)


class Gru(Op):
    """The state after each token, first to last, beginning with 0; `last` takes the final one.

    Cho et al., EMNLP 2014, with weights and initial values as `torch.nn.GRU` has them.

    Example:
        layer taste = bought -> gru(32) -> last
    """

    takes_options = GruOptions
    signature = "f32[L, d] -> f32[L, n]"
    layer = "module"
    classes = ("Gru",)
    owner_options = OwnerOptions

    def letters(self, options: Options) -> Mapping[str, int]:
        return {"n": cast("GruOptions", options).n}

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        return learned(types[0].width, cast("GruOptions", options).n)

    def usual(self, parameter: Parameter) -> Bound:
        del parameter
        return fan_in.WORD.bind()

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        sizes = (types[0].width, cast("GruOptions", options).n)
        lead = () if members is None else (members,)
        return py.call("Gru", *map(py.Constant, (*sizes, *lead)))

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options
        assert layer is not None
        return py.call(layer, *values)


def learned(d: int, n: int, gates: int = 3) -> tuple[Parameter, ...]:
    """The weights of a unit with states of n numbers that reads d, as PyTorch names them."""
    rows, drawn = gates * n, fan_in.WORD.bind()
    return (
        Parameter("weight_ih", (rows, d), drawn, n),
        Parameter("weight_hh", (rows, n), drawn, n),
        Parameter("bias_ih", (rows,), drawn, n, matrix=False),
        Parameter("bias_hh", (rows,), drawn, n, matrix=False),
    )


WORD = Gru()
