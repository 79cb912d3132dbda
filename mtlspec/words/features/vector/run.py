"""Vectors: the mean of each place, and the numbers of each row."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.features.numeric import run as numeric
from mtlspec.words.features.vector import VectorOptions
from mtlspec.words.lists import Lists, entry_type

POSSIBLE = "lists of integers, floats, decimals or bools"
"""What a column of vectors may hold, in words."""


class VectorOfOtherLength(ColumnError):
    """A vector has the numbers that its feature says.

    What it means: the list of some row is longer or shorter than `vector(n)` has it. A null row is
    fine, and so is a null among the numbers.

    Example: `picture : vector(128)` where a row of `picture` holds 64 numbers

    Instead: `picture : vector(64)`, or write null where the vector is not known

    Why: each place of a vector has a meaning of its own, so none may be missing or be made up.
    """

    id = "MTL0644"
    title = "a vector has the numbers that its feature says"
    row: int
    length: int
    needed: int
    count: int

    def found(self) -> str:
        others = "" if self.count == 1 else f", the first of {self.count:,} such rows"
        many = "1 number" if self.length == 1 else f"{self.length:,} numbers"
        return f"{many} in {self.column.row(self.row)}{others}"

    def expected(self) -> str:
        return f"{self.needed:,} in each row, or null"


class Fitted(BaseModel):
    """`mean` is what a null stands for, place by place: float32 values."""

    model_config = ConfigDict(frozen=True)
    mean: tuple[float, ...]
    empty: bool = False
    """Whether no training row has a vector."""


def input_kind(dtype: pa.DataType) -> Literal["float32"] | None:
    """What the numbers of a served vector are, or None where a column cannot be one."""
    if pa.types.is_null(dtype):
        return "float32"
    entries = entry_type(dtype)
    return None if entries is None else numeric.input_kind(entries)


def entries(column: pa.ChunkedArray, options: VectorOptions, place: ColumnPlace) -> pa.ChunkedArray:
    """The values that it is fitted on: all rows."""
    del options, place
    return column


def fit(given: Sequence[tuple[pa.ChunkedArray, ColumnPlace]], options: VectorOptions) -> Fitted:
    """The mean of each place. Raises `SpecError` (MTL0613, MTL0644)."""
    ((column, place),) = given
    numbers = _numbers(column, options, place)
    known = ~np.isnan(numbers)
    total = np.where(known, numbers, 0).sum(axis=0, dtype=np.float64)
    mean = (total / known.sum(axis=0).clip(min=1)).astype(np.float32)
    return Fitted(mean=tuple(float(x) for x in mean), empty=not known.any())


def encode(
    column: pa.ChunkedArray, options: VectorOptions, fitted: Fitted, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N, n]. Raises `SpecError` (MTL0613, MTL0644)."""
    numbers = _numbers(column, options, place)
    return np.where(np.isnan(numbers), np.array(fitted.mean, dtype=np.float32), numbers)


def _numbers(
    column: pa.ChunkedArray, options: VectorOptions, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N, n]; null is NaN."""
    lists = Lists.of(column)
    wrong = np.flatnonzero((lists.lengths != options.n) & (lists.lengths > 0))
    if len(wrong):
        row = int(wrong[0])
        length = int(lists.lengths[row])
        raise SpecError([VectorOfOtherLength(place, row, length, options.n, len(wrong))])
    values = numeric.numbers(lists.entries, place)
    places = lists.padded(np.arange(len(values)), options.n, len(values))
    return np.append(values, np.float32(np.nan))[places]
