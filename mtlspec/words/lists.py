"""Columns of lists, as arrays: the entries of all rows side by side, and where each row's lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def entry_type(dtype: pa.DataType) -> pa.DataType | None:
    """The type of the entries of a column that holds a list in each row; None of any other."""
    if isinstance(dtype, pa.ListType | pa.LargeListType | pa.FixedSizeListType):
        return dtype.value_type
    return None


@dataclass(frozen=True)
class Lists:
    """The lists of N rows: `entries` holds those of all rows, `starts` and `lengths` are [N].

    A null is an empty list.
    """

    entries: pa.ChunkedArray
    starts: Ints
    lengths: Ints

    @staticmethod
    def of(column: pa.ChunkedArray) -> Lists:
        """The lists of a column; one without a single value has empty ones."""
        kind = entry_type(column.type)
        if kind is None:
            nothing = np.zeros(len(column), dtype=np.int64)
            return Lists(pa.chunked_array([pa.nulls(0)]), nothing, nothing)
        chunks = [_plain(chunk, kind) for chunk in column.chunks]
        entries = pa.chunked_array([c.values for c in chunks], kind)
        before = np.cumsum([0, *(len(chunk.values) for chunk in chunks)])[:-1]
        starts = [c.offsets.to_numpy()[:-1] + b for c, b in zip(chunks, before, strict=True)]
        lengths = [pc.list_value_length(chunk).fill_null(0).to_numpy() for chunk in chunks]
        return Lists(entries, _joined(starts), _joined(lengths))

    @property
    def indices(self) -> Ints:
        """The places of all rows' entries, row after row."""
        before = np.cumsum(self.lengths) - self.lengths
        steps: Ints = np.arange(int(self.lengths.sum()))
        return steps + np.repeat(self.starts - before, self.lengths)

    def last(self, count: int, present: NDArray[np.bool_]) -> Lists:
        """The last `count` entries of each list, where absent ones at its end do not count.

        `present` is bool [entries].
        """
        places = np.arange(1, len(present) + 1)
        behind = np.append(np.maximum.accumulate(np.where(present, places, 0)), 0)
        ends = np.where(self.lengths > 0, behind[self.starts + self.lengths - 1], 0)
        ends = np.maximum(ends, self.starts)
        starts = np.maximum(ends - count, self.starts)
        return Lists(self.entries, starts, ends - starts)

    def padded(self, values: Ints, width: int, padding: int) -> Ints:
        """Int64 [N, width]: the values [entries] of each row's entries, then `padding`."""
        steps = np.arange(width)
        inside = steps < self.lengths[:, None]
        places = np.where(inside, self.starts[:, None] + steps, len(values))
        return np.append(values, padding)[places]


def _plain(chunk: pa.Array, kind: pa.DataType) -> pa.LargeListArray:
    """The same lists with offsets of 64 bits."""
    lists = chunk if isinstance(chunk, pa.LargeListArray) else chunk.cast(pa.large_list(kind))
    assert isinstance(lists, pa.LargeListArray)
    return lists


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)
