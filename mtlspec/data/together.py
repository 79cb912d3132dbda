"""Which rows belong together: those of one query, say, that a task judges together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mtlspec.data.condition_types import check_condition
from mtlspec.data.conditions import evaluate
from mtlspec.data.views import rows_of, seen_rows
from mtlspec.diagnostics import Diagnostic
from mtlspec.graph.schema import Schema
from mtlspec.syntax import tree
from mtlspec.words.conditions import column_of

NONE = -1
"""The number of a row without a group: where what tells it is null."""
NUMBERS = 2**24
"""How many whole numbers float32 tells apart; with more groups, two far apart count as one."""


def check_group(group: tree.Expr, columns: pa.Schema, path: str) -> list[Diagnostic]:
    """What is wrong with what tells groups apart: a condition, or any column of single values."""
    read = column_of(group)
    if read and read.name in columns.names and _is_time(columns.field(read.name).type):
        return []
    return check_condition(group, columns, path)[1]


def group_values(schema: Schema, table: pa.Table) -> Iterator[pa.ChunkedArray]:
    """What tells the groups of each data set that has some: a value for each row of the table.

    It is null in a row without a group, and in those of other data sets.
    """
    for source, group in schema.groups.items():
        values, own = _read(group, seen_rows(table, source)), rows_of(table, source)
        yield values if own is None else pc.if_else(own, values, pa.scalar(None, values.type))


def number_groups(schema: Schema, table: pa.Table) -> NDArray[np.int64] | None:
    """int64 [N]: the groups in the order of their first rows; None where the tasks have none."""
    if not schema.groups:
        return None
    numbers = np.full(table.num_rows, NONE)
    for values in group_values(schema, table):
        codes = pc.dictionary_encode(values.combine_chunks()).indices.cast(pa.int64())
        found = codes.fill_null(NONE).to_numpy(zero_copy_only=False)
        numbers = np.where(found == NONE, numbers, found + numbers.max(initial=NONE) + 1)
    return numbers


def _read(group: tree.Expr, table: pa.Table) -> pa.ChunkedArray:
    """Bool, int64, float64, string or null type, equal where what is read is."""
    read = column_of(group)
    if read is not None:
        values = table.column(read.name)
        if _is_time(values.type):
            return values.cast(pa.int32() if values.type.bit_width == 32 else pa.int64())
        if values.type == pa.uint64():
            return values.cast(pa.int64(), safe=False)  # conditions would round it
    return evaluate(group, table)


def _is_time(dtype: pa.DataType) -> bool:
    return pa.types.is_temporal(dtype) and not pa.types.is_interval(dtype)


def as_labels(groups: NDArray[np.int64]) -> NDArray[np.float32]:
    """float32 [N, 1], as a label has it: NaN for a row without a group."""
    numbers = (groups % NUMBERS).astype(np.float32)
    return np.where(groups == NONE, np.float32(np.nan), numbers)[:, None]
