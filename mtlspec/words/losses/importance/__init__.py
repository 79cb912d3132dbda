"""`importance`: how much of a batch each candidate of a gate gets."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader
from mtlspec.words.word import Options


class Importance(Reader):
    """Σ over the rows of a batch of the coefficients: f32[n].

    Shazeer et al., ICLR 2017, eq. 6. What is to be small is `cv2(importance(g))`.

    Example:
        loss balanced[task] = 0.1 * cv2(importance(g[task]))
    """

    signature = "f32[…] -> f32[n]"
    over_rows = True

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor(types[0].shape, rows=False)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        del options
        return py.method(values[0].expr, "sum", dim=py.Constant(-2))


WORD = Importance()
