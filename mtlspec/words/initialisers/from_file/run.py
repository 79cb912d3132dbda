"""Reading arrays of files into weights."""

from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from mtlspec import resources
from mtlspec.diagnostics import Error, SpecError
from mtlspec.words.features import Table
from mtlspec.words.initialisers.from_file import FromFileOptions
from mtlspec.words.initialisers.from_file.arrays import (
    Array,
    Arrays,
    WeightsUnreadable,
    find_array,
    find_rows,
    read_arrays,
)
from mtlspec.words.word import Options

LIBRARY = "mtl:"


def fill(tensor: Tensor, options: Options) -> None:
    """Writes an array into a weight; raises `SpecError` where it is not there, or does not fit."""
    read = cast("FromFileOptions", options)
    arrays = _arrays(read.path)
    found = find_array(arrays, read.path, read.array, tuple(tensor.shape), None)
    _write(tensor, found, read.path)


def fill_table(tensor: Tensor, table: Table) -> None:
    """Writes the rows of a table: all of them, or those of the known values, which are the last."""
    assert table.load is not None
    read = FromFileOptions(file=table.load)
    found = find_rows(_arrays(read.path), read, table, None)
    known = isinstance(found, Array) and found.shape[-2] < len(tensor)
    _write(tensor[-len(table.known or ()) :] if known else tensor, found, read.path)


def _arrays(path: str) -> Arrays:
    arrays = read_arrays(path, _peek, None)
    if isinstance(arrays, Error):
        raise SpecError([arrays])
    return arrays


def _write(tensor: Tensor, found: Array | Error, path: str) -> None:
    if isinstance(found, Error):
        raise SpecError([found])
    try:
        opened: Any = safe_open(_locate(path), framework="pt")
        with opened as file:
            whole: Tensor = file.get_tensor(found.tensor)
    except (OSError, SafetensorError) as error:
        raise SpecError([WeightsUnreadable(path, "it is damaged or cut short", None)]) from error
    values = whole if found.member is None else whole[found.member]
    with torch.no_grad():
        tensor.copy_(values.reshape(tensor.shape))


def _peek(path: str, first: int, count: int) -> bytes:
    with _locate(path).open("rb") as file:
        file.seek(first)
        return file.read(count)


def _locate(path: str) -> Path:
    if path.startswith(LIBRARY):
        return resources.specs() / path.removeprefix(LIBRARY)
    return Path(path)
