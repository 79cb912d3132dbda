"""A table of several data sets as each of its tasks sees it: the columns of its own data set.

The rows of all data sets lie one below the other. What features read is one column for all; what
conditions read is a column of its own for each data set, since `label` may mean something else in
each. A table that was read from one data set is seen as it is.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from glob import escape, has_magic

import pyarrow as pa
import pyarrow.compute as pc

from mtlspec.data.files import origin, with_origin
from mtlspec.words.data_sets import name_of

SETS = "\0"
"""The column that holds the name of each row's data set."""


def own_column(source: str | None, column: str) -> str:
    """What a column that conditions read in a data set is called in the table of all."""
    return f"{name_of(source)}{SETS}{column}"


def title_of(column: str) -> str:
    """What a person is told of a column of the table of all."""
    name, apart, own = column.partition(SETS)
    return f"{own} of {name}" if apart else column


def seen_columns(columns: pa.Schema, source: str | None) -> pa.Schema:
    """The columns that conditions of a data set's tasks know."""
    if SETS not in columns.names:
        return columns
    lead = own_column(source, "")
    own = [field for field in columns if field.name.startswith(lead)]
    return pa.schema([(field.name.removeprefix(lead), field.type) for field in own])


def seen_rows(table: pa.Table, source: str | None) -> pa.Table:
    """All rows with these columns, which are null in the rows of other data sets."""
    if SETS not in table.column_names:
        return table
    names = seen_columns(table.schema, source).names
    columns = [table.column(own_column(source, name)) for name in names]
    seen = pa.Table.from_arrays([*columns, table.column(SETS)], names=[*names, SETS])
    return with_origin(seen, origin(table))


def rows_of(table: pa.Table, source: str | None) -> pa.ChunkedArray | None:
    """Which rows are of a data set: bool [N], or None where all are."""
    if SETS not in table.column_names:
        return None
    return pc.equal(table.column(SETS).cast(pa.string()), name_of(source))


def path_in(names: Collection[str], data: str, source: str | None) -> str:
    """Where the rows are from that a task sees of a table with these columns."""
    return locate(data, source) if SETS in names else data


def locate(data: str, source: str | None) -> str:
    """The path of a data set, of that of `--data` and its own."""
    if source is None:
        return data
    folder = _folder_of(data)
    return os.path.join(escape(folder) if has_magic(source) else folder, source)


def _folder_of(data: str) -> str:
    """The folder that paths of data sets start from: `--data` itself, or where it lies."""
    if os.path.isdir(data):
        return data
    folder = os.path.dirname(data)
    while has_magic(folder) and not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder
