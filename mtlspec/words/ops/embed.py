"""`embed`: columns through tables of their own."""

from collections.abc import Sequence

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words.initialisers import Parameter, normal
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound, Options

TABLE_STD = 0.01
"""The standard deviation that a table's vectors are drawn with."""


class EmbedOptions(Options):
    """`dim`: the width of the tables where it is not that of the features."""

    dim: int | None = Field(default=None, ge=1)


class Embed(Op):
    """Columns, or all `features`, embedded by fresh tables instead of the schema's shared ones.

    Numbers are taken as they are; where their encoding learns, its weights are fresh as well. All
    begin as the shared ones do.

    Example:
        layer x[task] = features -> embed
    """

    also = ("embedding", "lookup")
    takes_options = EmbedOptions
    signature = "column+ -> f32[sum of their widths]"
    reads_columns = True
    layer = "tables"

    def usual(self, parameter: Parameter) -> Bound:
        if parameter.rows_of is None:
            return parameter.initial
        return normal.WORD.bind(std=TABLE_STD)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("tables are looked up by their layer")


WORD = Embed()
