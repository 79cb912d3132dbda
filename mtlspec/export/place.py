"""Puts an exported file in its place, whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from mtlspec.diagnostics import Error, SpecError


class ExportCannotBeWritten(Error):
    """The place of an exported file must be writable.

    What it means: the path after `-o` cannot be written: its folder does not exist, it is a
    folder itself, it is protected, or the disk is full. A file that was there before is as it
    was.

    Example:
        mtlspec export @last -o models/census.onnx     # there is no folder `models`

    Instead:
        mkdir models
        mtlspec export @last -o models/census.onnx

    Why: the file is written beside its place and moved into it when it is complete and found to
    be right, so that nobody ever serves half a model.
    """

    id = "MTL0802"
    title = "the place of an exported file must be writable"
    path: str
    reason: str

    def headline(self) -> str:
        return f"`{self.path}` cannot be written: {self.reason}"

    def help(self) -> str:
        folder = Path(self.path).parent
        return "" if folder.is_dir() else f"there is no folder `{folder}`; make it first"


def check_place(path: Path) -> None:
    """Raises `SpecError` at once where the file could not be written in the end."""
    if path.exists() and not path.is_file():
        reason = "it is a folder" if path.is_dir() else "it is not a file"
        raise SpecError([ExportCannotBeWritten(str(path), reason)])
    if not path.parent.is_dir():
        raise SpecError([ExportCannotBeWritten(str(path), "its folder does not exist")])


def write_whole(path: Path, content: bytes) -> None:
    """Replaces the file by `content`, or raises `SpecError` and leaves it as it was."""
    place = Path(os.path.realpath(path))
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        reason = (error.strerror or str(error)).lower()
        raise SpecError([ExportCannotBeWritten(str(path), reason)]) from error
