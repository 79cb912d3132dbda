"""`category`: a value out of many, each with its own row of a table.

A row of the table for null (0), `oov` rows for values that training did not know (1 to `oov`), then
one for each value that at least `min_count` training rows hold, in rising order: strings by code
point, integers by value. An unknown value takes the row 1 + hash mod `oov`. Bools and floats that
are whole numbers are integers.

    features {
        workclass : category(dim: 8)
        zip       : category(16, column: "zip code", oov: 4, min_count: 5)
    }
"""

from typing import ClassVar

from pydantic import Field

from mtlspec.types import Tensor
from mtlspec.words import word
from mtlspec.words.features import Feature, FeatureOptions


class CategoryOptions(FeatureOptions):
    """`dim` is the width of the table, `oov` how many rows unknown values share."""

    by_place: ClassVar[tuple[str, ...]] = ("dim",)
    dim: int = Field(default=8, ge=1)
    oov: int = Field(default=1, ge=1)
    min_count: int = Field(default=1, ge=1)


class Category(Feature):
    """A value out of many: one row of a table."""

    takes_options = CategoryOptions
    reads = "ids"

    def type(self, options: word.Options) -> Tensor:
        assert isinstance(options, CategoryOptions)
        return Tensor((options.dim,))

    def table_width(self, options: word.Options) -> int | None:
        assert isinstance(options, CategoryOptions)
        return options.dim


WORD = Category()
