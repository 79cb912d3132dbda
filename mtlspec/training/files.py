"""Files of a run: written whole or not at all, so that what was there before outlives a failure."""

from __future__ import annotations

import os
from pathlib import Path

from mtlspec.diagnostics import Error, SpecError


class RunFileNotWritten(Error):
    """A run must be able to write its files.

    What it means: a file or the folder of the run cannot be written: the disk is full, the folder
    is protected, or something else is in the way. What was saved before is as it was.

    Example:
        mtlspec train ple.mtl --data census.parquet --out /usr/ple

    Instead:
        mtlspec train ple.mtl --data census.parquet --out runs/ple

    Why: a file is written beside its place, forced to the disk and only then moved into its
    place; a checkpoint is therefore either complete or the one before it.
    """

    id = "MTL0702"
    title = "a run must be able to write its files"
    path: str
    reason: str

    def headline(self) -> str:
        return f"`{self.path}` cannot be written: {self.reason}"

    def place(self) -> str:
        return self.path


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces a file at once; raises `SpecError` where that fails and leaves the old file."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        _remove(part)
        raise not_written(path, error) from error


def write_text(path: Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def append_line(path: Path, line: str) -> None:
    """Adds a line to a file that only grows; raises `SpecError` where that fails."""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError) -> SpecError:
    """What is told where the operating system refuses to write."""
    return SpecError([RunFileNotWritten(str(path), (error.strerror or str(error)).lower())])


def _sync_folder(folder: Path) -> None:
    """Makes a rename last; not every operating system can, and none needs it to be correct."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return
