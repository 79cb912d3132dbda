"""`run.json`: what a run was trained from, with what, and how it went."""

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from mtlspec.data.views import SETS, title_of
from mtlspec.diagnostics import Error, SpecError
from mtlspec.training.files import write_text
from mtlspec.training.run_directory import RunDirectory

FORMAT_VERSION = 1
_PACKAGES = ("mtlspec", "torch", "numpy", "pyarrow", "safetensors")

Status = Literal["running", "finished", "stopped", "failed"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class DataFile(_Record):
    """A file that was read; `sha256` is of its bytes."""

    path: str
    bytes: int
    sha256: str


class DataSet(_Record):
    """A data set as it was named, made absolute, with the files that this stood for."""

    path: str
    files: tuple[DataFile, ...]
    rows: int
    columns: Mapping[str, str]
    """Column → Arrow type, of the columns that were read."""


class BestEpoch(_Record):
    """The epoch whose weights are `best.safetensors`; metrics are those of the validation rows."""

    epoch: int
    step: int
    score: float | None
    metrics: Mapping[str, float | None]


class RunInfo(_Record):
    """What is known of a run."""

    format_version: int = FORMAT_VERSION
    name: str
    spec: str
    """The spec as it was named on the command line; `spec.mtl` is what it came to."""
    status: Status
    started: datetime
    ended: datetime | None = None
    versions: Mapping[str, str]
    seed: int
    threads: int
    device: str
    data: DataSet
    valid: DataSet | float
    """A data set of its own, or the share of `data` that was held out."""
    train_rows: int
    valid_rows: int
    sizes: Mapping[str, int]
    """Feature → rows of its table, fitted on the training rows."""
    parameters: int
    select: str
    epochs: int = 0
    """Epochs that ended."""
    best: BestEpoch | None = None


def versions() -> dict[str, str]:
    """Of Python and of the packages that decide what comes out."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}


def describe_data(path: str, files: Sequence[str], table: pa.Table) -> DataSet:
    """What is kept of a data set: its files with their hashes, its rows and columns."""
    return DataSet(
        path=os.path.abspath(path),
        files=tuple(_describe_file(Path(file)) for file in files),
        rows=table.num_rows,
        columns={
            title_of(field.name): _type_name(field.type)
            for field in table.schema
            if field.name != SETS
        },
    )


def _describe_file(path: Path) -> DataFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return DataFile(path=str(path.absolute()), bytes=path.stat().st_size, sha256=digest)


def _type_name(dtype: pa.DataType) -> str:
    return str(dtype.value_type if isinstance(dtype, pa.DictionaryType) else dtype)


def write_info(directory: RunDirectory, info: RunInfo) -> None:
    """Writes `run.json`; raises `SpecError` where that fails."""
    write_text(directory.info, info.model_dump_json(indent=2) + "\n")


def read_info(directory: RunDirectory) -> RunInfo:
    """Reads `run.json`; raises `SpecError` where it is not one."""
    try:
        return RunInfo.model_validate_json(directory.info.read_bytes())
    except OSError as error:
        raise SpecError([RunFileUnreadable(str(directory.info), str(error.strerror))]) from error
    except ValidationError as error:
        wrong = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in wrong['loc'])}: {wrong['msg'].lower()}"
        raise SpecError([RunFileUnreadable(str(directory.info), reason)]) from error


class RunFileUnreadable(Error):
    """A run is read from the files that `mtlspec train` wrote.

    What it means: a file of the run is missing, was changed, or was written by another version.

    Example:
        rm runs/ple-1/features/fitted.json

    Instead: keep a run's folder as it was written; train again where it was not.

    Why: spec, vocabularies and weights have to be those of one training.
    """

    id = "MTL0709"
    title = "a run is read from the files that `mtlspec train` wrote"
    path: str
    reason: str

    def headline(self) -> str:
        return f"a file of the run cannot be read: {self.reason.lower()}"

    def place(self) -> str:
        return self.path
