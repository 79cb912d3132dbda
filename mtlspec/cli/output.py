"""What commands read and write: specs and stdin, the result on stdout, messages on stderr."""

import io
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from glob import glob, has_magic
from pathlib import Path
from typing import Literal, TextIO

from mtlspec.cli.usage import UsageError
from mtlspec.diagnostics import Diagnostic, Error, SpecError
from mtlspec.files import read_text

STDIO = "<stdin>"
"""What a lone `-` on the command line becomes, and how messages name standard input."""

ColorChoice = Literal["auto", "always", "never"]

_DESIGN_WIDTH = 80


class FileCannotBeWritten(Error):
    """A file that is asked for must be writable.

    What it means: the path after `-o` cannot be written: its folder does not exist, it is a
    folder itself, it is protected, or the disk is full. A file that was there before is as it
    was.

    Example:
        mtlspec compile ple.mtl -o models/ple.py     # there is no folder `models`

    Instead:
        mkdir models
        mtlspec compile ple.mtl -o models/ple.py

    Why: results are written beside their place and moved into it when they are complete, so a
    folder is never made by a misspelt name and half a file is never left.
    """

    id = "output"
    title = "a file that is asked for must be writable"
    path: str
    reason: str

    def headline(self) -> str:
        return f"`{self.path}` cannot be written: {self.reason}"

    def help(self) -> str:
        folder = Path(self.path).parent
        return "" if folder.is_dir() else f"there is no folder `{folder}`; make it first"


def read_spec(path: str) -> str:
    """A spec as text: as `mtlspec.files.read_text`, and stdin."""
    return sys.stdin.read() if path == STDIO else read_text(path)


def find_specs(given: Iterable[str]) -> tuple[str, ...]:
    """The specs that are meant by files, folders and globs, each once; folders in order.

    Raises `UsageError` for a folder or a glob without any, and for an empty name.
    """
    return tuple(dict.fromkeys(path for text in given for path in _expand(text)))


def _expand(text: str) -> Sequence[str]:
    if not text:
        raise UsageError("an empty name is given as a spec", "`.` is the folder where you are")
    place = Path(text)
    if place.is_dir():
        found = [str(path) for path in place.rglob("*.mtl")]
    elif has_magic(text) and not place.exists():
        found = glob(text, recursive=True)
    else:
        return [text]
    if not found:
        raise UsageError(f"there is no spec in `{text}`", "specs are files that end in `.mtl`")
    return sorted(found)


def write_text(path: str, text: str) -> None:
    """Writes a file whole or not at all; raises `SpecError` where it cannot be written."""
    place = Path(os.path.realpath(path))
    try:
        if place.exists() and not place.is_file():
            place.write_text(text, encoding="utf-8", newline="\n")  # a device or a pipe
        else:
            _replace(place, text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SpecError([FileCannotBeWritten(path, reason)]) from error


def _replace(place: Path, text: str) -> None:
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        if place.exists():
            shutil.copymode(place, part)
        part.replace(place)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def count(number: int, noun: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def give(text: str) -> None:
    """Puts a result on stdout, ended by a line break; nothing for nothing."""
    sys.stdout.write(_ended(text))


def say(text: str) -> None:
    """Puts a message on stderr, ended by a line break; nothing for nothing."""
    sys.stderr.write(_ended(text))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def tell(diagnostics: Iterable[Diagnostic]) -> None:
    """Puts diagnostics on stderr, in full."""
    from mtlspec.diagnostics.terminal import render

    found = tuple(diagnostics)
    if found:
        say(render(found, width=width_of(sys.stderr), color=has_color(sys.stderr, "auto")))


def has_color(stream: TextIO, choice: ColorChoice) -> bool:
    """Whether to colour what goes to a stream; NO_COLOR and a dumb terminal switch `auto` off."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int:
    """80 columns, or those of a narrower terminal."""
    if not stream.isatty():
        return _DESIGN_WIDTH
    return min(_DESIGN_WIDTH, shutil.get_terminal_size().columns)


def prepare_streams() -> None:
    """Makes stdout able to carry every sign: UTF-8 into files and pipes, `?` on old terminals."""
    out = sys.stdout
    if not isinstance(out, io.TextIOWrapper):
        return
    if out.isatty():
        out.reconfigure(errors="replace")
    else:
        out.reconfigure(encoding="utf-8")
