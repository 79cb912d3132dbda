"""Rows told apart by the values of a column: what `by:` of a metric reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mtlspec.data.conditions import read_column
from mtlspec.data.missing_columns import check_columns
from mtlspec.data.views import seen_rows
from mtlspec.diagnostics import Error, Label
from mtlspec.graph.schema import Schema, TaskField
from mtlspec.source import Span
from mtlspec.words.conditions import ColumnRead


class ValuesHaveParts(Error):
    """Rows are told apart by a column of single values.

    What it means: `by:` of a metric names a column whose values are lists, structs or maps.

    Example:
        click : binary(metrics: [auc(by: seen_items)])

    Instead:
        click : binary(metrics: [auc(by: user_id)])

    Why: rows belong together where their values are equal, and hardly two lists ever are. Numbers,
    strings, bools, dates and times do.
    """

    id = "MTL0618"
    title = "rows are told apart by a column of single values"
    column: str
    type: str
    span: Span
    path: str

    def headline(self) -> str:
        return f"`by: {self.column}` reads a column that is {self.type} in `{self.path}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"type {self.type}", primary=True)]

    def place(self) -> str:
        return self.path

    def expected(self) -> str:
        return "a column of numbers, strings, bools, dates or times"


def grouped_by(task: TaskField) -> Iterator[ColumnRead]:
    """The columns by whose values a task is judged, and where each is named."""
    for metric in task.metrics:
        if metric.options.by is not None:
            yield ColumnRead(metric.options.by, metric.span or task.span)


def check_grouping(task: TaskField, columns: pa.Schema, path: str) -> Iterator[Error]:
    """What is wrong with the columns of `by:`: those that are missing or tell no rows apart."""
    yield from check_columns(grouped_by(task), columns.names, path)
    for read in grouped_by(task):
        dtype = columns.field(read.name).type if read.name in columns.names else None
        if dtype is not None and not _tells_apart(dtype):
            yield ValuesHaveParts(read.name, str(dtype), read.span, path)


def _tells_apart(dtype: pa.DataType) -> bool:
    try:
        _numbered(pa.table({"": pa.nulls(0, dtype)}), "")
    except pa.ArrowNotImplementedError:
        return False
    return True


def read_groups(schema: Schema, table: pa.Table) -> dict[str, NDArray[np.int64]]:
    """A number for each row [N], equal where the values of the column are, by `group_name`.

    Null is a value of its own, as are an empty string and a NaN, which count as nulls.
    """
    found: dict[str, NDArray[np.int64]] = {}
    for task in schema.trained:
        for column in (read.name for read in grouped_by(task)):
            name = task.group_name(column)
            if name not in found:
                found[name] = _numbered(seen_rows(table, task.source), column)
    return found


def _numbered(table: pa.Table, name: str) -> NDArray[np.int64]:
    """[N]: -1 for a null, else a number from 0 on."""
    values = table.column(name)
    if pa.types.is_floating(values.type):
        values = pc.add(values.cast(pa.float64()), 0.0)  # -0.0 becomes 0.0
    encoded = pc.dictionary_encode(values.combine_chunks())
    numbers = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(pc.is_null(read_column(table, name)).to_numpy(), -1, numbers)
