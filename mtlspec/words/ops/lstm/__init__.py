"""`lstm`: long short-term memory over the tokens of a row."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import gru
from mtlspec.words.word import Options


class Lstm(gru.Gru):
    """The output after each token, first to last, beginning with 0; `last` takes the final one.

    Hochreiter and Schmidhuber, Neural Computation 1997, with weights and initial values as
    `torch.nn.LSTM` has them.

    Example:
        layer taste = bought -> lstm(32) -> last
    """

    classes = ("Lstm",)

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        return gru.learned(types[0].width, self.letters(options)["n"], gates=4)

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        sizes = (types[0].width, self.letters(options)["n"])
        lead = () if members is None else (members,)
        return py.call("Lstm", *map(py.Constant, (*sizes, *lead)))


WORD = Lstm()
