"""Reads how relevant a candidate is, and how much it counts in the loss of its group."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.words.column import ColumnPlace
from mtlspec.words.tasks._labels.run import Numbers, is_number, read_numbers
from mtlspec.words.tasks.ranking import RankingOptions
from mtlspec.words.word import Options

POSSIBLE = "a number from 0 on, a bool, or null"
"""What a label may be, in words."""


def accepts(dtype: pa.DataType, options: Options) -> bool:
    """Whether a column of this type can say how relevant a candidate is."""
    return is_number(dtype, options) or pa.types.is_boolean(dtype)


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N]: the relevance, or NaN where there is none. Raises `SpecError` (MTL0626)."""
    del options, fitted
    return read_numbers(values, place, "ranking", lambda x: x >= 0, POSSIBLE)


def weigh(labels: NDArray[np.float32], options: Options) -> Numbers:
    """How much each row counts, [N, 2] -> [N]: those of a group together 1, or 0 without an order.

    It is a row's part in what the loss of its group is a mean of: its relevance, or the pairs in
    which it is the more relevant one.
    """
    assert isinstance(options, RankingOptions)
    relevance, group = labels.astype(np.float64).T
    rows = np.lexsort((relevance, group))
    rows = rows[~np.isnan(relevance[rows])]
    values, starts = relevance[rows], np.flatnonzero(_begins(group[rows]))
    sizes = np.diff(starts, append=len(rows))
    lowest, highest = (np.repeat(values[at], sizes) for at in (starts, starts + sizes - 1))
    if options.loss == "pairwise":
        values = _counted_before(values, starts, sizes)
    else:
        values = values / np.where(highest > 0, highest, 1)  # that their sum be finite
    total = np.repeat(np.add.reduceat(values, starts), sizes) if len(rows) else values
    counted = np.zeros(len(labels))
    counted[rows] = np.where(highest > lowest, values / np.where(total > 0, total, 1), 0)
    return counted


def _begins(values: Numbers) -> NDArray[np.bool_]:
    """Where a run of equal values begins."""
    return np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]


def _counted_before(
    values: Numbers, starts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> Numbers:
    """How many rows of its group are less relevant, of rows in order of group and relevance."""
    begins = _begins(values)
    begins[starts] = True
    first = np.maximum.accumulate(np.where(begins, np.arange(len(values)), 0))
    return (first - np.repeat(starts, sizes)).astype(np.float64)
