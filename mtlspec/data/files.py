"""Parquet and CSV files as one Arrow table: a file, a glob or a directory, read whole.

Strings come as dictionaries, so that each value is handled once later on. Of CSV the first line is
the header, types are inferred and an empty field is null. Which files the rows came from stays with
the table (`origin`), so that a message can name the file and the row.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from mtlspec.data.file_errors import (
    ColumnTwice,
    DamagedFile,
    FilesDisagree,
    NeitherParquetNorCsv,
    NoRows,
    NoSuchData,
)
from mtlspec.diagnostics import SpecError
from mtlspec.words.data_sets import CSV, PARQUET

_MAGIC = b"PAR1"
_FILES = b"mtlspec.files"
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def list_files(path: str) -> tuple[str, ...]:
    """The files that a path, a glob or a directory means, sorted; hidden ones are left out.

    Raises `SpecError` (MTL0601) where there are none.
    """
    try:
        found, reason = _find(path)
    except (OSError, ValueError) as error:  # no file can have such a name, or it may not be read
        found, reason = [], (getattr(error, "strerror", None) or str(error)).lower()
    if not found:
        raise SpecError([NoSuchData(path, reason)])
    return tuple(sorted(found))


def _find(path: str) -> tuple[list[str], str]:
    """The files, and why there may be none."""
    if has_magic(path) and not Path(path).exists():
        found = [name for name in glob(path, recursive=True) if Path(name).is_file()]
        reason = "no file matches the pattern"
    elif Path(path).is_dir():
        found = [str(file) for file in Path(path).rglob("*") if _is_data(file, Path(path))]
        reason = "the directory holds no Parquet and no CSV file"
    else:
        found = [path] if Path(path).is_file() else []
        reason = "there is no such file or directory"
    return found, reason


def read_schema(path: str) -> pa.Schema:
    """Names and types of all columns of a data set: the union over its files.

    Strings are plain strings here. Raises `SpecError` (MTL0601, MTL0604, MTL0605, MTL0608).
    """
    types: dict[str, pa.DataType] = {}
    for file in list_files(path):
        for column in _open(file).schema:
            common = common_type(types.get(column.name), column.type)
            types[column.name] = common or types[column.name]
    return pa.schema(list(types.items()))


def read_table(path: str, columns: Collection[str] | None = None) -> pa.Table:
    """The rows of a data set, or of these columns of it; absent columns are left out.

    Raises `SpecError` (MTL0601, MTL0604 to MTL0608).
    """
    opened = [_open(file) for file in list_files(path)]
    every = dict.fromkeys(name for file in opened for name in file.schema.names)
    wanted = [name for name in every if columns is None or name in columns]
    types = {name: _agreed(name, opened) for name in wanted}
    parts = [_read(file, types) for file in opened]
    table = pa.concat_tables(parts)
    if table.num_rows == 0:
        raise SpecError([NoRows(path)])
    rows = [(file.path, part.num_rows) for file, part in zip(opened, parts, strict=True)]
    return with_origin(table, rows)


def with_origin(table: pa.Table, files: Sequence[tuple[str, int]]) -> pa.Table:
    """A table that knows the files that its rows are from, and how many are from each."""
    return table.replace_schema_metadata({_FILES: json.dumps(files)})


def origin(table: pa.Table) -> tuple[tuple[str, int], ...]:
    """The files of a table with their numbers of rows; empty once rows were picked from it."""
    known = (table.schema.metadata or {}).get(_FILES, b"[]")
    files = tuple((str(path), int(rows)) for path, rows in json.loads(known))
    return files if sum(rows for _, rows in files) == table.num_rows else ()


def _is_data(file: Path, root: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in file.relative_to(root).parts)
    return not hidden and file.is_file() and file.name.lower().endswith(PARQUET + CSV)


def _is_parquet(file: str) -> bool:
    """Whether it is Parquet rather than CSV, by its first bytes, then by its name (MTL0604)."""
    try:
        with Path(file).open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise SpecError([NoSuchData(file, error.strerror or "it cannot be read")]) from error
    if start == _MAGIC:
        return True
    if file.lower().endswith(CSV):
        return False
    raise SpecError([NeitherParquetNorCsv(file, file.lower().endswith(PARQUET), len(start))])


@dataclass(frozen=True, slots=True)
class _File:
    """A file whose columns are known; of CSV all rows are read by then, as a type may show late."""

    path: str
    schema: pa.Schema
    rows: pa.Table | None


def _open(path: str) -> _File:
    """Raises `SpecError` (MTL0604, MTL0605, MTL0608)."""
    try:
        if _is_parquet(path):
            with pq.ParquetFile(path) as parquet:
                file = _File(path, parquet.schema_arrow, None)
        else:
            rows = _read_csv(path)
            file = _File(path, rows.schema, rows)
    except (pa.ArrowException, OSError) as error:
        raise SpecError([DamagedFile(path, _first_line(error))]) from error
    names = file.schema.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError([ColumnTwice(path, name) for name in twice])
    return file


def _read(file: _File, types: Mapping[str, pa.DataType]) -> pa.Table:
    """These columns of a file, in these types; strings as dictionaries."""
    if not types:
        types = {name: file.schema.field(name).type for name in file.schema.names[:1]}
    try:
        rows = file.rows
        table = rows if rows is not None else _read_parquet(file.path, types)
        columns = [as_type(table.column(name), dtype) for name, dtype in types.items()]
    except (pa.ArrowException, OSError) as error:
        raise SpecError([DamagedFile(file.path, _first_line(error))]) from error
    return pa.Table.from_arrays(columns, names=list(types))


def _read_parquet(path: str, types: Mapping[str, pa.DataType]) -> pa.Table:
    strings = [name for name, dtype in types.items() if dtype == pa.string()]
    with pq.ParquetFile(path, read_dictionary=strings) as parquet:
        return parquet.read(list(types))


def _read_csv(path: str) -> pa.Table:
    try:
        return csv.read_csv(
            path, convert_options=csv.ConvertOptions(null_values=[""], strings_can_be_null=True)
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            raise SpecError([NoRows(path)]) from error
        raise


def as_type(column: pa.ChunkedArray, dtype: pa.DataType) -> pa.ChunkedArray:
    """A column in a type that holds its values; strings as dictionaries."""
    if dtype == pa.string():
        if column.type == _DICTIONARY:
            return column
        column = column.cast(_plain(column.type))
        return column.cast(pa.string()).dictionary_encode().cast(_DICTIONARY)
    return column if column.type == dtype else column.cast(dtype, safe=False)


def _agreed(name: str, files: Sequence[_File]) -> pa.DataType:
    """The type of a column in all files (MTL0607 where one has none, or another kind)."""
    found, holder = None, next(file for file in files if name in file.schema.names)
    for file in files:
        if name not in file.schema.names:
            raise SpecError([FilesDisagree(name, holder.path, "has it", file.path, "has not")])
        dtype = file.schema.field(name).type
        common = common_type(found, dtype)
        if common is None:
            said = f"has type {found}", f"has type {_plain(dtype)}"
            raise SpecError([FilesDisagree(name, holder.path, said[0], file.path, said[1])])
        found = common
    assert found is not None
    return found


def common_type(a: pa.DataType | None, b: pa.DataType) -> pa.DataType | None:
    """The type that holds values of both, or None; strings of all kinds are `string`."""
    b = _plain(b)
    if a is None or a == b or pa.types.is_null(a):
        return b
    if pa.types.is_null(b):
        return a
    if pa.types.is_integer(a) and pa.types.is_integer(b):
        return pa.int64()
    return pa.float64() if _is_number(a) and _is_number(b) else None


def _plain(dtype: pa.DataType) -> pa.DataType:
    if isinstance(dtype, pa.DictionaryType):
        return _plain(dtype.value_type)
    text = pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype)
    return pa.string() if text else dtype


def _is_number(dtype: pa.DataType) -> bool:
    types = pa.types
    return types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
