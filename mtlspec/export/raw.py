"""Rows as an exported file takes them: one array [rows, 1] per column, nulls as stated.

A column of lists is [rows, entries], padded at the end by what stands for a null.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mtlspec.export.interface import Input
from mtlspec.words.lists import Lists
from mtlspec.words.serving import NULL_INTEGER, ColumnKind

Array = npt.NDArray[np.generic]
RawRows = dict[str, Array]


def read_raw(table: pa.Table, inputs: Sequence[Input]) -> RawRows:
    """The columns of a table as inputs of the file."""
    return {port.name: _input(table.column(port.name), port) for port in inputs}


def _input(column: pa.ChunkedArray, port: Input) -> Array:
    if port.width == 1:
        return _read(column, port.kind)[:, None]
    lists = Lists.of(column)
    values = np.append(_read(lists.entries, port.kind), _stand_in(port.kind))
    width = port.width or max(1, int(lists.lengths.max(initial=0)))
    places = lists.padded(np.arange(len(values) - 1), width, -1)
    return values[places]


def _stand_in(kind: ColumnKind) -> Array:
    dtype = {"string": object, "int64": np.int64, "float32": np.float32}[kind]
    return np.array([null_of(kind)], dtype=dtype)


def as_table(raw: RawRows, inputs: Sequence[Input]) -> pa.Table:
    """The other way round: a table whose nulls are nulls again."""
    return pa.table({port.name: _column(raw[port.name], port) for port in inputs})


def _column(values: Array, port: Input) -> pa.Array:
    if port.width == 1:
        return _with_nulls(values[:, 0])
    rows, width = values.shape
    offsets = pa.array(range(0, (rows + 1) * width, width), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, _with_nulls(values.reshape(-1)))


def repeat_rows(table: pa.Table, count: int) -> pa.Table:
    """The first `count` rows of a table, from its beginning again where it is shorter."""
    return table.take(pa.array(np.arange(count) % table.num_rows))


def null_of(kind: ColumnKind) -> str | int | float:
    """What stands for a null."""
    return {"string": "", "int64": NULL_INTEGER, "float32": np.nan}[kind]


def null_in(values: Array) -> str | int | float:
    """What stands for a null in an array of raw values."""
    kinds: dict[str, ColumnKind] = {"O": "string", "i": "int64"}
    return null_of(kinds.get(values.dtype.kind, "float32"))


def _with_nulls(values: Array) -> pa.Array:
    match values.dtype.kind:
        case "O":
            null = values == ""
        case "i":
            null = values == NULL_INTEGER
        case _:
            null = np.isnan(values)
    return pc.if_else(pa.array(null), None, pa.array(values))


def _read(column: pa.ChunkedArray, kind: ColumnKind) -> Array:
    if isinstance(column.type, pa.DictionaryType):
        column = column.cast(column.type.value_type)
    match kind:
        case "string":
            return column.cast(pa.string()).fill_null("").to_numpy().astype(object)
        case "int64":
            return _integers(column)
        case "float32":
            return _floats(column)


def _integers(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    return column.cast(pa.int64()).fill_null(NULL_INTEGER).to_numpy()


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float32]:
    if column.type == pa.int64():
        column = pc.if_else(pc.equal(column, NULL_INTEGER), None, column)
    return column.cast(pa.float64(), safe=False).to_numpy().astype(np.float32)
