"""`category`: a value out of many, each with its own row of a table.

A row of the table for null (0), `oov` rows for unknown values (1 to `oov`), then one for each known
value. Known are the `values`, in their order; where none are given, the values that at least
`min_count` training rows hold, in rising order: strings by code point, integers by value. An
unknown value takes the row 1 + hash mod `oov`. Bools and floats that are whole numbers are
integers.

With `hash: n` no value is known: each takes the row 1 + hash mod n, whether training had it or not.
The hash is MurmurHash3 (x86, 32 bits, seed 0) of the string's UTF-8 or of the integer's 8 bytes,
the lowest first. With `share: other` the category reads the table of the feature `other`, which is
then fitted on the values of both.

`load: "file.safetensors#name"` gives the rows that the table begins with, of a category whose
`values` are given: one for each value, in their order (null and unknown are drawn as ever), or all
rows of the table, as a checkpoint has them. With `hash` it is all rows.

    features {
        workclass : category(dim: 8)
        zip       : category(16, column: "zip code", oov: 4, min_count: 5)
        scenario  : category(values: [home, search, "check out"])
        hour      : category(values: 0..23)
        genre     : category(dim: 50, values: [drama, crime], load: "genres.safetensors#vectors")
        user      : category(dim: 16, hash: 1_000_000)
        friend    : category(share: user)
    }
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, cast

from pydantic import BeforeValidator, Field

from mtlspec.types import Tensor
from mtlspec.words import word
from mtlspec.words.features import Borrowed, Feature, FeatureOptions, Known, Table
from mtlspec.words.word import Bound, Condition, FileOption, Listed, Raw


def _closed(values: object) -> object:
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
    return values


class CategoryOptions(FeatureOptions):
    """`dim` is the width of the table. `oov` is how many rows unknown values share. `min_count` is
    how many training rows hold a value that has a row. `hash` is how many rows all values share.
    `share` is the feature whose table it is. `load` is the file that the table begins as. `values`
    are all values that there are, in the order of their rows.
    """

    by_place: ClassVar[tuple[str, ...]] = ("dim",)
    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "values": ("min_count",),
        "hash": ("oov", "min_count", "values"),
        "share": ("dim", "oov", "min_count", "values", "hash", "load"),
    }
    dim: int = Field(default=8, ge=1)
    oov: int = Field(default=1, ge=1)
    min_count: int = Field(default=1, ge=1)
    values: Annotated[Known, BeforeValidator(_closed), Listed()] | None = None
    hash: int | None = Field(default=None, ge=1)
    share: Annotated[Condition, Raw()] | None = None
    load: FileOption | None = None


class Category(Feature):
    """A value out of many: one row of a table."""

    also = ("str", "string", "categorical", "sparse", "id", "enum", "embedding")
    takes_options = CategoryOptions
    reads = "ids"

    def type(self, options: word.Options, name: str, dim: int | None) -> Tensor:
        del options, name
        assert dim is not None
        return Tensor((dim,))

    def table(self, options: word.Options) -> Table | Borrowed | None:
        read = cast("CategoryOptions", options)
        if read.share is not None:
            return Borrowed(read.share.tree)
        return Table(Bound(self, read), read.dim, self._rows(read), read.values, load=read.load)

    def _rows(self, read: CategoryOptions) -> int | None:
        if read.hash is not None:
            return 1 + read.hash
        return None if read.values is None else 1 + read.oov + len(read.values)


WORD = Category()
