"""The columns that a schema reads, checked, from files."""

from __future__ import annotations

import pyarrow as pa

from mtlspec.data.files import list_files, read_schema, read_table
from mtlspec.data.gathering import check_parts, find_parts, gather_rows, has_parts, list_parts
from mtlspec.data.schema_check import check_schema, needed_columns
from mtlspec.diagnostics import Report
from mtlspec.graph.schema import Schema


def load_table(schema: Schema, path: str, *, labels: bool = True) -> pa.Table:
    """The rows to learn from with the columns that the schema reads and no others.

    They are those of all data sets where tasks have their own. Without `labels` the columns of
    labels and sample spaces are not needed. Raises `SpecError` with all that is wrong with files
    and columns (MTL06).
    """
    if not has_parts(schema):
        return load_rows(schema, path, labels=labels)
    parts = find_parts(schema, path, labels=labels)
    report = Report()
    report.extend(check_parts(schema, parts, path, labels=labels))
    report.stop_on_errors()
    return gather_rows(schema, parts)


def load_rows(schema: Schema, path: str, *, labels: bool = False) -> pa.Table:
    """The rows of one data set, in which `source` is a column as any other."""
    report = Report()
    report.extend(check_schema(schema, read_schema(path), path, labels=labels))
    report.stop_on_errors()
    return read_table(path, needed_columns(schema, labels=labels))


def data_files(schema: Schema, path: str) -> tuple[str, ...]:
    """The files that `load_table` reads."""
    return list_parts(schema, path) if has_parts(schema) else list_files(path)
