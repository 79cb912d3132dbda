"""Sequences: the entries of a list that count, and the row of each one's table."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mtlspec.words.column import ColumnPlace
from mtlspec.words.features.category import run as category
from mtlspec.words.features.sequence import SequenceOptions
from mtlspec.words.lists import Lists, entry_type

POSSIBLE = "lists of strings, integers, bools or floats that are whole numbers"
"""What a column of a sequence may hold, in words."""

PADDING = -1


def input_kind(dtype: pa.DataType) -> category.Kind | None:
    """What the entries of a served list are, or None where a column cannot be a sequence."""
    if pa.types.is_null(dtype):
        return "string"
    entries = entry_type(dtype)
    return None if entries is None else category.input_kind(entries)


def entries(
    column: pa.ChunkedArray, options: SequenceOptions, place: ColumnPlace
) -> pa.ChunkedArray:
    """The values that a table is fitted on: the last `max` entries of all lists."""
    lists = Lists.of(column)
    kept = lists.last(options.max, category.present(lists.entries, place))
    return lists.entries.take(pa.array(kept.indices))


def encode(
    column: pa.ChunkedArray, options: SequenceOptions, fitted: category.Fitted, place: ColumnPlace
) -> NDArray[np.int64]:
    """int64 [N, max]: the rows of the last entries, first to last, then -1."""
    lists = Lists.of(column)
    ids = category.table_rows(lists.entries, fitted, place)
    return lists.last(options.max, ids > 0).padded(ids, options.max, PADDING)
