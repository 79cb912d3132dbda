"""Several data sets as one table, where tasks name their own by `from:`.

The rows are those of all data sets, in the order of the tasks. A column that features read is null
in the rows of a data set that has it not; what conditions read stays apart (`views`).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from mtlspec.data.file_errors import NoSuchData
from mtlspec.data.files import (
    as_type,
    common_type,
    list_files,
    origin,
    read_schema,
    read_table,
    with_origin,
)
from mtlspec.data.missing_columns import told_together
from mtlspec.data.schema_check import (
    check_features,
    check_task,
    columns_of_features,
    columns_of_task,
)
from mtlspec.data.set_errors import FolderWithoutFrom, NothingReadsData, SetsDisagree
from mtlspec.data.views import SETS, locate, own_column
from mtlspec.diagnostics import Diagnostic, Report, SpecError
from mtlspec.graph.schema import Schema, TaskField
from mtlspec.words.data_sets import SOURCE, name_of


def has_parts(schema: Schema) -> bool:
    """Whether a schema reads, or tells apart, more than what stands after `--data`."""
    told = any(feature.is_source for feature in schema.features)
    return told or any(source is not None for source in schema.sources)


@dataclass(frozen=True, slots=True)
class Part:
    """A data set among several; `own` are the columns that conditions of its tasks read."""

    source: str | None
    path: str
    columns: pa.Schema
    own: tuple[str, ...]


def list_parts(schema: Schema, data: str) -> tuple[str, ...]:
    """The files of all data sets, each once; raises `SpecError` (MTL0601)."""
    paths = [locate(data, source) for source in schema.sources]
    return tuple(dict.fromkeys(file for path in paths for file in list_files(path)))


def find_parts(schema: Schema, data: str, *, labels: bool) -> tuple[Part, ...]:
    """The data sets that tasks read, in the order of the tasks; none read twice.

    Raises `SpecError` with all that is wrong with their files (MTL0601, MTL0604 to MTL0608) and
    with what stands after `--data` (MTL0673, MTL0677).
    """
    report, found = Report(), list[Part]()
    report.extend(_check_place(schema, data))
    report.stop_on_errors()
    for source in schema.sources:
        tasks = [task for task in schema.trained if task.source == source]
        own = dict.fromkeys(name for task in tasks for name in columns_of_task(task))
        path = locate(data, source)
        try:
            found.append(Part(source, path, read_schema(path), tuple(own) if labels else ()))
        except SpecError as error:
            report.extend(_marked(wrong, tasks[0]) for wrong in error.diagnostics)
    report.stop_on_errors()
    return tuple(found)


def _check_place(schema: Schema, data: str) -> Iterator[Diagnostic]:
    """Whether `--data` is the folder of data sets, or the one that tasks without `from:` read."""
    alone = [task for task in schema.trained if task.source is None]
    is_folder, named = os.path.isdir(data), len(alone) < len(schema.trained)
    if named and alone and is_folder:
        yield FolderWithoutFrom(data, alone[0].name, alone[0].span)
    if named and not alone and not is_folder:
        yield NothingReadsData(data, os.path.exists(data))


def _marked(wrong: Diagnostic, task: TaskField) -> Diagnostic:
    """A data set that is not there is marked where the spec names it."""
    absent = isinstance(wrong, NoSuchData) and task.source is not None
    return replace(wrong, span=task.span) if absent else wrong


def check_parts(
    schema: Schema, parts: Sequence[Part], data: str, *, labels: bool
) -> list[Diagnostic]:
    """All that is wrong with the columns: features read those of all, tasks those of their own."""
    found = [*_clashes(schema, parts)]
    found += check_features(schema, _all_columns(schema, parts), data, labels=labels)
    for part in parts if labels else ():
        for task in schema.trained:
            if task.source == part.source:
                found += check_task(task, part.columns, part.path)
    return told_together(found)


def _clashes(schema: Schema, parts: Sequence[Part]) -> Iterator[SetsDisagree]:
    """An error for each column of features whose types do not meet, at the first that does not."""
    for name, feature in columns_of_features(schema).items():
        holders = [part for part in parts if name in part.columns.names]
        for count in range(2, len(holders) + 1):
            if _type_of(name, holders[:count]) is None:
                first, second = holders[count - 2], holders[count - 1]
                before, dtype = _type_of(name, holders[: count - 1]), _type_of(name, [second])
                said = first.path, str(before), second.path, str(dtype)
                yield SetsDisagree(name, *said, feature.span)
                break


def _type_of(name: str, parts: Sequence[Part]) -> pa.DataType | None:
    """The type that holds the values of a column in these data sets; None where none does."""
    found: pa.DataType | None = pa.null()
    for part in parts:
        if found is not None and name in part.columns.names:
            found = common_type(found, part.columns.field(name).type)
    return found


def _all_columns(schema: Schema, parts: Sequence[Part]) -> pa.Schema:
    """Every column of every data set, and what tells these apart if it is read."""
    names = dict.fromkeys(name for part in parts for name in part.columns.names)
    types = {name: _type_of(name, parts) or pa.null() for name in names}
    return pa.schema([*(types | dict.fromkeys(_told(schema), pa.string())).items()])


def _told(schema: Schema) -> list[str]:
    """The column that names a row's data set, where a feature is that name."""
    return [SOURCE] if any(feature.is_source for feature in schema.features) else []


def gather_rows(schema: Schema, parts: Sequence[Part]) -> pa.Table:
    """The rows of all data sets, one after the other, with the columns that the schema reads.

    Raises `SpecError` (MTL0605 to MTL0607). The columns have been checked.
    """
    columns = _read_columns(schema, parts)
    tables = [read_table(part.path, (*columns.names, *part.own)) for part in parts]
    told = {SETS, *_told(schema)}
    filled = [_fill(part, table, columns, told) for part, table in zip(parts, tables, strict=True)]
    return with_origin(pa.concat_tables(filled), [file for part in tables for file in origin(part)])


def _read_columns(schema: Schema, parts: Sequence[Part]) -> pa.Schema:
    """What features read, what conditions read of each data set, and what tells these apart."""
    types = {name: _type_of(name, parts) or pa.null() for name in columns_of_features(schema)}
    for part in parts:
        for name in part.own:
            types[own_column(part.source, name)] = part.columns.field(name).type
    told = _told(schema) + ([SETS] if any(part.own for part in parts) else [])
    return pa.schema([*(types | dict.fromkeys(told, pa.string())).items()])


def _fill(part: Part, table: pa.Table, columns: pa.Schema, told: Collection[str]) -> pa.Table:
    """A data set with all columns: its name where that is told, null what others alone have."""
    count, name = table.num_rows, name_of(part.source)
    held = {column: column for column in table.column_names}
    held |= {own_column(part.source, column): column for column in part.own}
    arrays: list[pa.ChunkedArray] = []
    for field in columns:
        if field.name in told:
            found = pa.chunked_array([pa.repeat(pa.scalar(name), count)])
        elif field.name in held:
            found = table.column(held[field.name])
        else:
            found = pa.chunked_array([pa.nulls(count, field.type)])
        arrays.append(as_type(found, field.type))
    return pa.Table.from_arrays(arrays, names=columns.names)
