"""`category`: a value out of many, each with its own row of a table.

A row of the table for null (0), `oov` rows for unknown values (1 to `oov`), then one for each known
value. Known are the `values`, in their order; where none are given, the values that at least
`min_count` training rows hold, in rising order: strings by code point, integers by value. An
unknown value takes the row 1 + hash mod `oov`. Bools and floats that are whole numbers are
integers.

    features {
        workclass : category(dim: 8)
        zip       : category(16, column: "zip code", oov: 4, min_count: 5)
        scenario  : category(values: [home, search, "check out"])
        hour      : category(values: 0..23)
    }
"""

from typing import Annotated, ClassVar, cast

from pydantic import BeforeValidator, Field, ValidationInfo

from mtlspec.types import Tensor
from mtlspec.words import word
from mtlspec.words.features import Feature, FeatureOptions, Known
from mtlspec.words.word import Listed


def _closed(values: object, info: ValidationInfo) -> object:
    """What may close a category: strings or whole numbers, each once."""
    if not isinstance(values, tuple):
        raise ValueError("a list of values, a range of whole numbers, or a set")
    values = cast("tuple[object, ...]", values)
    kinds = {type(value) for value in values}
    if not kinds <= {str} and not kinds <= {int}:
        raise ValueError("values that are all texts, or all whole numbers")
    if not kinds or len(set(values)) < len(values) or "" in values:
        raise ValueError("at least one value, each once, and none of them an empty text")
    if any(isinstance(value, int) and not -(2**63) < value < 2**63 for value in values):
        raise ValueError("whole numbers of 64 bits")
    if info.data.get("min_count") != 1:
        raise ValueError("values only without `min_count`, as none is counted then")
    return values


class CategoryOptions(FeatureOptions):
    """`dim` is the width of the table, `oov` how many rows unknown values share.

    `values` are all values that there are, in the order of their rows.
    """

    by_place: ClassVar[tuple[str, ...]] = ("dim",)
    dim: int = Field(default=8, ge=1)
    oov: int = Field(default=1, ge=1)
    min_count: int = Field(default=1, ge=1)
    values: Annotated[Known, BeforeValidator(_closed), Listed()] | None = None


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

    def rows(self, options: word.Options) -> int | None:
        assert isinstance(options, CategoryOptions)
        return None if options.values is None else 1 + options.oov + len(options.values)

    def known(self, options: word.Options) -> Known | None:
        assert isinstance(options, CategoryOptions)
        return options.values


WORD = Category()
