"""Several data sets as one table, where tasks name their own by `from:`.

The rows are those of all data sets, in the order of the tasks. A column that features read is null
in the rows of a data set that has it not; what conditions read stays apart (`views`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
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
from mtlspec.data.schema_check import columns_of_features, columns_of_task
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

    Raises `SpecError` with all that is wrong with their files (MTL0601, MTL0604 to MTL0608,
    MTL0673).
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


def gather_columns(schema: Schema, parts: Sequence[Part]) -> pa.Schema:
    """The columns of the table of all data sets.

    Raises `SpecError` (MTL0671) for a column of features whose types do not meet.
    """
    types = dict(_agreed(schema, parts))
    for part in parts:
        for name in part.own:
            if name in part.columns.names:
                types[own_column(part.source, name)] = part.columns.field(name).type
    told = [SOURCE] if any(feature.is_source for feature in schema.features) else []
    told += [SETS] if any(part.own for part in parts) else []
    return pa.schema([*types.items(), *((name, pa.string()) for name in told)])


def _agreed(schema: Schema, parts: Sequence[Part]) -> Mapping[str, pa.DataType]:
    """The columns that features read, in a type that holds the values of all data sets."""
    report, types = Report(), dict[str, pa.DataType]()
    for name, feature in columns_of_features(schema).items():
        holders = [part for part in parts if name in part.columns.names]
        for part in holders:
            dtype = part.columns.field(name).type
            common = common_type(types.get(name), dtype)
            if common is None:
                first = holders[0].path, str(types[name])
                report.add(SetsDisagree(name, *first, part.path, str(dtype), feature.span))
                break
            types[name] = common
    report.stop_on_errors()
    return types


def gather_rows(parts: Sequence[Part], columns: pa.Schema) -> pa.Table:
    """The rows of all data sets, one after the other, with these columns.

    Raises `SpecError` (MTL0605 to MTL0607).
    """
    tables = [read_table(part.path, (*columns.names, *part.own)) for part in parts]
    filled = [_fill(part, table, columns) for part, table in zip(parts, tables, strict=True)]
    return with_origin(pa.concat_tables(filled), [file for part in tables for file in origin(part)])


def _fill(part: Part, table: pa.Table, columns: pa.Schema) -> pa.Table:
    """A data set with all columns: null where it has not what others have."""
    own = {own_column(part.source, name): name for name in part.own}
    count, name = table.num_rows, pa.scalar(name_of(part.source))
    told = {SETS: name, SOURCE: name}
    arrays: list[pa.ChunkedArray] = []
    for field in columns:
        if field.name in told:
            arrays.append(as_type(pa.chunked_array([pa.repeat(name, count)]), field.type))
        elif own.get(field.name, field.name) in table.column_names:
            found = table.column(own.get(field.name, field.name))
            arrays.append(as_type(found, field.type))
        else:
            arrays.append(as_type(pa.chunked_array([pa.nulls(count)]), field.type))
    return pa.Table.from_arrays(arrays, names=columns.names)
