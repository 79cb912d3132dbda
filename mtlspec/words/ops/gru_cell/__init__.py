"""`gru_cell`: one step of a gated recurrent unit."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op, gru
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Bound, Options


class GruCell(Op):
    """The state after x, of the state h before it: `gru_cell(x, h)`.

    Cho et al., EMNLP 2014, with weights and initial values as `torch.nn.GRUCell` has them.

    Example:
        layer later = gru_cell(features, h)
    """

    signature = "f32[d], f32[n] -> f32[n]"
    layer = "module"
    classes = ("GruCells",)
    owner_options = OwnerOptions

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        del options
        return gru.learned(types[0].width, types[1].width)

    def usual(self, parameter: Parameter) -> Bound:
        return gru.WORD.usual(parameter)

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        del options
        sizes = [py.Constant(types[0].width), py.Constant(types[1].width)]
        if members is None:
            return py.call("nn.GRUCell", *sizes)
        return py.call("GruCells", py.Constant(members), *sizes)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options
        assert layer is not None
        return py.call(layer, *values)


WORD = GruCell()
