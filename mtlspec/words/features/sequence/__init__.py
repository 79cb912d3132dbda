"""`sequence(of: c, max: n)`: a list of values per row, such as what a user saw last.

`of:` is the category of the entries: a feature whose table they read, or a type of their own. A row
keeps the last `max` entries of its list, first to last, padded at the end. With `pool: no` these
are f32[L, dim], a value with a token axis; with `mean` (the default), `sum` or `max` one vector
f32[dim], which is 0 where the list is empty or null. A null inside a list is a value, as in any
category; nulls at its end are padding.

    features {
        item   : category(dim: 16)
        seen   : sequence(of: item, max: 50)
        bought : sequence(of: item, max: 20, pool: no)
        words  : sequence(of: category(dim: 8, hash: 10_000), max: 30, pool: max)
    }
"""

from typing import Annotated, ClassVar, Literal, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Axis, Tensor
from mtlspec.words import word
from mtlspec.words.features import Borrowed, Feature, FeatureOptions, Table
from mtlspec.words.ops import pool
from mtlspec.words.word import Condition, Raw


class SequenceOptions(FeatureOptions):
    """`of` is the feature whose table the entries read, or a kind of category; `max` how many of
    the last entries are kept; `pool` what becomes of them, `no` for nothing.
    """

    by_place: ClassVar[tuple[str, ...]] = ("of",)
    of: Annotated[Condition, Raw()]
    max: int = Field(ge=1)
    pool: Literal["mean", "sum", "max", False] = "mean"


class Sequence(Feature):
    """A list of values out of many."""

    takes_options = SequenceOptions
    reads = "ids"

    def type(self, options: word.Options, name: str, dim: int | None) -> Tensor:
        read = cast("SequenceOptions", options)
        assert dim is not None
        return Tensor((dim,) if read.pool else (Axis(name, read.max), dim))

    def table(self, options: word.Options) -> Table | Borrowed | None:
        return Borrowed(cast("SequenceOptions", options).of.tree, or_type=True)

    def raw_width(self, options: word.Options) -> int | None:
        del options
        return None

    def entries(self, options: word.Options) -> int | None:
        return cast("SequenceOptions", options).max

    def needs(self, options: word.Options) -> tuple[tuple[str, str], ...]:
        how = cast("SequenceOptions", options).pool
        return ((pool.WORD.module, pool.function(how)),) if how else ()

    def write(self, options: word.Options, read: py.Expr, layer: py.Expr | None) -> py.Expr:
        assert layer is not None
        how = cast("SequenceOptions", options).pool
        vectors = py.call(layer, py.method(read, "clamp", min=py.Constant(0)))
        return py.call(pool.function(how), vectors, kept(read)) if how else vectors


def kept(read: py.Expr) -> py.Expr:
    """Which entries of a batch's lists are not padding: bool [B, L]."""
    return py.Binary(">=", read, py.Constant(0))


WORD = Sequence()
