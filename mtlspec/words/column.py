"""Where a column of raw data comes from, for the messages of words that read one."""

from __future__ import annotations

from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """A column of a data set, and the field of the spec that reads it.

    `path` is the data set as the user named it; `files` are the files it is made of with their
    numbers of rows, so that a row can be found again. `name` is what is read: a column, or the
    text of a condition.
    """

    path: str
    name: str
    span: Span | None = None
    files: tuple[tuple[str, int], ...] = ()

    def row(self, index: int) -> str:
        """The file and the row (from 1, without a header) of an index into the whole data set."""
        left = index
        for path, rows in self.files:
            if left < rows:
                return f"`{path}`, row {left + 1:,}"
            left -= rows
        return f"`{self.path}`, row {index + 1:,}"


class ColumnError(Error):
    """What errors about the values of a column have in common: the field, marked, and the file."""

    column: ColumnPlace

    def labels(self) -> tuple[Label, ...]:
        span = self.column.span
        return () if span is None else (Label(span, f"reads `{self.column.name}`", primary=True),)

    def place(self) -> str:
        return self.column.path
