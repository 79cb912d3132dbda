"""`positions`: a learned vector for each place of a list."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, normal
from mtlspec.words.ops import Op
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Bound, Options


class Positions(Op):
    """x plus a learned vector for each place, counted from the first token of the row.

    The learned positions of BERT (Devlin et al., NAACL 2019), drawn as tables are.

    Example:
        layer events = bought -> positions -> attention(2)
    """

    signature = "f32[L, d] -> f32[L, d]"
    layer = "module"
    classes = ("Positions",)
    owner_options = OwnerOptions

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        del options
        (axis,), width = types[0].tokens, types[0].width
        return (Parameter("weight", (axis.length, width), _DRAWN, width, matrix=False),)

    def usual(self, parameter: Parameter) -> Bound:
        del parameter
        return _DRAWN

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        del options
        (axis,), width = types[0].tokens, types[0].width
        lead = () if members is None else (py.Constant(members),)
        sizes = {"length": py.Constant(axis.length), "width": py.Constant(width)}
        return py.call("Positions", *lead, **sizes)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options
        assert layer is not None
        return py.call(layer, *values)


_DRAWN = normal.WORD.bind(std=0.01)

WORD = Positions()
