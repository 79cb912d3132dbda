"""Reads which rows are positive, and which item each has."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from mtlspec.words.column import ColumnPlace
from mtlspec.words.tasks._labels.run import as_classes, is_class, is_number, read_numbers
from mtlspec.words.tasks.retrieval import RetrievalOptions
from mtlspec.words.word import Options

POSSIBLE = "0 or 1, a bool, or null; of `item:`, a text, a whole number, a bool, or null"
"""What a label may be, in words."""
NUMBERS = 2**24
"""How many whole numbers float32 tells apart; with more items, two far apart may count as one."""


class Fitted(BaseModel):
    """The items of the training rows' positives, and how many rows each has."""

    model_config = ConfigDict(frozen=True)
    items: tuple[StrictInt, ...] | tuple[StrictStr, ...]
    counts: tuple[int, ...]


def accepts(dtype: pa.DataType, options: Options) -> bool:
    """Whether a column of this type can tell which item a row has, or which rows are positive."""
    assert isinstance(options, RetrievalOptions)
    if options.item:
        return is_class(dtype, options)
    return is_number(dtype, options) or pa.types.is_boolean(dtype)


def fit(values: pa.ChunkedArray, options: Options, place: ColumnPlace) -> Fitted:
    """Counts the items of the training rows (MTL0626)."""
    del options
    rows = Counter(as_classes(values, place, "retrieval").to_pylist())
    items = tuple(sorted(item for item in rows if item is not None))
    counts = tuple(rows[item] for item in items)
    return Fitted.model_validate({"items": items, "counts": counts})


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N] or [N, 2]: a number for each item, the logarithm of its share; NaN: no positive.

    Without `item:` each row has an item of its own. Raises `SpecError` (MTL0626).
    """
    assert isinstance(options, RetrievalOptions)
    if options.item is None:
        possible = "0 or 1, a bool, or null"
        read = read_numbers(values, place, "retrieval", lambda x: (x == 0) | (x == 1), possible)
        return np.where(read == 1, _numbers(np.arange(len(read))), np.float32(np.nan))
    items = as_classes(values, place, "retrieval").combine_chunks()
    codes = pc.dictionary_encode(items).indices
    known = codes.is_valid().to_numpy(zero_copy_only=False)
    numbers = _numbers(codes.fill_null(0).to_numpy(zero_copy_only=False))
    numbers = np.where(known, numbers, np.float32(np.nan))
    if fitted is None:
        return numbers
    assert isinstance(fitted, Fitted)
    return np.stack([numbers, np.where(known, _log_shares(items, fitted), np.nan)], axis=1)


def _numbers(places: NDArray[np.integer]) -> NDArray[np.float32]:
    return (places % NUMBERS).astype(np.float32)


def _log_shares(items: pa.Array, fitted: Fitted) -> NDArray[np.float32]:
    """The logarithm of each item's share; one that training has not seen counts as one row."""
    counts = np.ones(len(items))
    seen = pa.array(fitted.items)
    if seen.type == items.type:
        places = pc.index_in(items, value_set=seen)
        held = places.is_valid().to_numpy(zero_copy_only=False)
        at = places.fill_null(0).to_numpy(zero_copy_only=False)
        counts[held] = np.array(fitted.counts)[at[held]]
    return np.log(counts / max(1, sum(fitted.counts))).astype(np.float32)
