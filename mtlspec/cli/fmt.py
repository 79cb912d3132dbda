"""The command `fmt`: specs in their one canonical form."""

import difflib
from collections.abc import Iterable
from typing import Annotated

from cyclopts import Parameter

from mtlspec.cli.output import STDIO, find_specs, give, read_spec, say, write_text
from mtlspec.cli.usage import UsageError
from mtlspec.diagnostics import Report
from mtlspec.files import LIBRARY
from mtlspec.graph.files.program import FileCannotBeRead
from mtlspec.source import SourceFile
from mtlspec.syntax import parse_file, print_file


def fmt(
    files: Annotated[tuple[str, ...], Parameter(name="FILE")],
    /,
    *,
    check: Annotated[bool, Parameter(negative="")] = False,
    diff: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Format specs: one canonical form, no options.

    Files are rewritten in place, stdin (`-`) goes to stdout. A file with a syntax
    error is left as it is, and then no file is written.

    Example: mtlspec fmt specs --check

    Parameters
    ----------
    files
        Specs, folders of specs or globs; `-` is stdin.
    check
        Write nothing; name the files that would change and exit with 1 if any.
    diff
        Write nothing; show what would change and exit with 1 if anything would.
    """
    paths = find_specs(files)
    if not (check or diff):
        _refuse_library(paths)
    formatted = format_all(paths)
    changed = [(old, new) for old, new in formatted if old.text != new]
    if diff:
        give("".join(line for old, new in changed for line in _diff(old, new)))
    elif check:
        give("".join(f"{old.path}\n" for old, _ in changed))
    else:
        _write(formatted)
    return 1 if changed and (check or diff) else 0


def _refuse_library(paths: Iterable[str]) -> None:
    for path in paths:
        if path.startswith(LIBRARY):
            raise UsageError(
                f"`{path}` is part of the library and is not rewritten",
                "`--check` and `--diff` work on it",
            )


def format_all(paths: Iterable[str]) -> list[tuple[SourceFile, str]]:
    """Each file with its canonical text; raises `SpecError` with the errors of all of them."""
    report = Report()
    formatted: list[tuple[SourceFile, str]] = []
    for path in paths:
        source = _read(path, report)
        if source is None:
            continue
        file, diagnostics = parse_file(source)
        report.extend(diagnostics)
        if not report.errors:
            formatted.append((source, print_file(file)))
    report.stop_on_errors()
    return formatted


def _read(path: str, report: Report) -> SourceFile | None:
    try:
        return SourceFile(path, read_spec(path))
    except UnicodeDecodeError:
        report.add(FileCannotBeRead(path, "it is not UTF-8 text", None))
    except OSError as error:
        report.add(FileCannotBeRead(path, (error.strerror or str(error)).lower(), None))
    return None


def _write(formatted: Iterable[tuple[SourceFile, str]]) -> None:
    for old, new in formatted:
        if old.path == STDIO:
            give(new)
        elif old.text != new:
            write_text(old.path, new)
            say(f"formatted {old.path}")


def _diff(old: SourceFile, new: str) -> Iterable[str]:
    before, after = old.text.splitlines(keepends=True), new.splitlines(keepends=True)
    return difflib.unified_diff(before, after, old.path, f"{old.path} (formatted)")
