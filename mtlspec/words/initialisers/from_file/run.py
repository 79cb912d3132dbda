"""Reading arrays of files into weights."""

from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from mtlspec import resources
from mtlspec.diagnostics import Error, SpecError
from mtlspec.words.initialisers.from_file import FromFileOptions
from mtlspec.words.initialisers.from_file.arrays import WeightsUnreadable, find_array, read_arrays
from mtlspec.words.word import Options

LIBRARY = "mtl:"


def fill(tensor: Tensor, options: Options) -> None:
    """Writes an array into a weight; raises `SpecError` where it is not there, or does not fit."""
    read = cast("FromFileOptions", options)
    arrays = read_arrays(read.path, _peek, None)
    if isinstance(arrays, Error):
        raise SpecError([arrays])
    found = find_array(arrays, read.path, read.array, tuple(tensor.shape), None)
    if isinstance(found, Error):
        raise SpecError([found])
    try:
        opened: Any = safe_open(_locate(read.path), framework="pt")
        with opened as file:
            whole: Tensor = file.get_tensor(found.tensor)
    except (OSError, SafetensorError) as error:
        reason = "it is damaged or cut short"
        raise SpecError([WeightsUnreadable(read.path, reason, None)]) from error
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
