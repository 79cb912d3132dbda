"""`mixing`: the coefficients of a gate or a stitch."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader, candidates_last
from mtlspec.words.word import Options


class Mixing(Reader):
    """The coefficients a that a mix weighs its candidates with: f32[n], or f32[n, d] per channel.

    Example:
        let how[task] = mixing(g[task])
    """

    kind = "ops"
    signature = "f32[…] -> f32[n]"
    per_channel = True

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        (found,) = types
        scalar = not found.rows and found.width == 1
        return Tensor(found.shape[:-1] if scalar else found.shape, rows=found.rows)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        del options
        (found,) = values
        return candidates_last(found) if found.type.width == 1 else found.expr


WORD = Mixing()
