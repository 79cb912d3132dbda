"""Reads the labels of several yes-or-no answers: a column of each, or a column of lists."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.words.column import ColumnPlace
from mtlspec.words.tasks._labels.run import is_number, read_numbers
from mtlspec.words.tasks.multilabel import MultilabelOptions
from mtlspec.words.word import Options

POSSIBLE = "0 or 1, a bool, or null; of `values:`, lists of texts or of whole numbers"
"""What a label may be, in words."""


def accepts(dtype: pa.DataType, options: Options) -> bool:
    """Whether a column of this type can be one label, or lists that hold all of them."""
    assert isinstance(options, MultilabelOptions)
    if options.values is None:
        return is_number(dtype, options) or pa.types.is_boolean(dtype)
    if not isinstance(dtype, pa.ListType | pa.LargeListType):
        return False
    entry = dtype.value_type
    text = pa.types.is_string(entry) or pa.types.is_large_string(entry)
    return text or pa.types.is_integer(entry) or pa.types.is_null(entry)


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N] of one label, or [N, labels] of lists; NaN without one (MTL0626)."""
    del fitted
    assert isinstance(options, MultilabelOptions)
    if options.values is not None:
        return _entries(values, options.values)
    possible = "0 or 1, a bool, or null"
    return read_numbers(values, place, "multilabel", lambda x: (x == 0) | (x == 1), possible)


def _entries(
    values: pa.ChunkedArray, asked: tuple[str, ...] | tuple[int, ...]
) -> NDArray[np.float32]:
    """Which of the entries that are asked for each list has; NaN where there is no list."""
    lists = values.combine_chunks()
    found = np.zeros((len(lists), len(asked)), dtype=np.float32)
    rows = pc.list_parent_indices(lists).to_numpy()
    entries = pc.list_flatten(lists)
    known = pa.array(asked)
    text = pa.types.is_string(known.type)
    if text == (pa.types.is_string(entries.type) or pa.types.is_large_string(entries.type)):
        places = pc.index_in(entries.cast(known.type), value_set=known)
        held = places.is_valid().to_numpy(zero_copy_only=False)
        at = places.fill_null(0).to_numpy(zero_copy_only=False)
        found[rows[held], at[held]] = 1
    found[lists.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return found
