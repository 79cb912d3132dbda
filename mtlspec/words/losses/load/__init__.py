"""`load`: how many rows of a batch each candidate of a noisy gate is likely to get."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader, ReadOptions
from mtlspec.words.word import Options


class LoadOptions(ReadOptions):
    """`k`: that of the router."""

    k: int


class Load(Reader):
    """Σ over rows of the probability that a candidate is kept, its own noise drawn again: f32[n].

    Shazeer et al., ICLR 2017, appendix A, eq. 8-10; of a gate by `noisy_top`. It has a gradient
    where the number of rows itself has none.

    Example:
        loss balanced[task] = 0.1 * cv2(load(g[task]))
    """

    signature = "f32[…] -> f32[n]"
    quantities = ("scores", "noise", "noisy")
    knows = LoadOptions
    over_rows = True
    functions = ("load",)

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor(types[0].shape, rows=False)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        assert isinstance(options, LoadOptions)
        return py.call("load", *(value.expr for value in values), py.Constant(options.k))


WORD = Load()
