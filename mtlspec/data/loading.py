"""The columns that a schema reads, checked, from files."""

from __future__ import annotations

import pyarrow as pa

from mtlspec.data.files import read_schema, read_table
from mtlspec.data.schema_check import check_schema, needed_columns
from mtlspec.diagnostics import Report
from mtlspec.graph.schema import Schema


def load_table(schema: Schema, path: str, *, labels: bool = True) -> pa.Table:
    """The rows of a data set with the columns that the schema reads and no others.

    Without `labels` those of labels and sample spaces are not needed. Raises `SpecError` with all
    that is wrong with files and columns (MTL06).
    """
    report = Report()
    report.extend(check_schema(schema, read_schema(path), path, labels=labels))
    report.stop_on_errors()
    return read_table(path, needed_columns(schema, labels=labels))
