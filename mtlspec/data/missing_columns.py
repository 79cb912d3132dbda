"""Columns that the spec reads and a data set has not, told in one message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mtlspec.diagnostics import Diagnostic, Error, Label, closest
from mtlspec.words.conditions import ColumnRead

_MARKED = 5
"""Places that are shown; the other columns are listed."""
_MOST = 60
"""Names of a list that are written out."""


class ColumnMissing(Error):
    """A column that the spec reads has to be in the data.

    What it means: the data set has no column of this name. Names are compared exactly, capitals
    and blanks included.

    Example:
        hours : numeric(normalize)

    Instead:
        hours : numeric(normalize, column: hours_per_week)

    Why: a column that is filled in with a guess would train a model of something else.
    """

    id = "MTL0610"
    title = "a column that the spec reads is in the data"
    missing: tuple[ColumnRead, ...]
    path: str
    columns: tuple[str, ...]

    def headline(self) -> str:
        if len(self.missing) == 1:
            return f"`{self.path}` has no column `{self.missing[0].name}`"
        return f"`{self.path}` lacks {len(self.missing)} columns that the spec reads"

    def labels(self) -> Sequence[Label]:
        marked: list[Label] = []
        for read in self.missing[:_MARKED]:
            told = [] if read.name in read.span.text else [f"reads `{read.name}`"]
            text = ", ".join((*told, *self._meant(read)))
            marked.append(Label(read.span, text, primary=not marked))
        return marked

    def place(self) -> str:
        return self.path

    def notes(self) -> Sequence[str]:
        others = [
            " ".join((f"`{read.name}`", *(f"({meant})" for meant in self._meant(read))))
            for read in self.missing[_MARKED:]
        ]
        columns = [f"`{name}`" for name in self.columns]
        told = [f"{len(others)} more are missing: {_listed(others)}"] if others else []
        return (*told, f"its columns are {_listed(columns)}")

    def _meant(self, read: ColumnRead) -> Iterator[str]:
        """What to ask, where a column has nearly that name."""
        near = closest(read.name, self.columns)
        if near is not None:
            yield f"did you mean `{near}`?"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"


def check_columns(
    reads: Iterable[ColumnRead], columns: Sequence[str], path: str
) -> Iterator[ColumnMissing]:
    """An error where some of these columns are not there; one that is read twice is told once."""
    missing: dict[str, ColumnRead] = {}
    for read in reads:
        if read.name not in columns:
            missing.setdefault(read.name, read)
    if missing:
        yield ColumnMissing(tuple(missing.values()), path, tuple(columns))


def told_together(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same, with one message on what a data set has not, where its first one stands."""
    places: dict[str, int] = {}
    told: list[Diagnostic] = []
    for error in found:
        if not isinstance(error, ColumnMissing):
            told.append(error)
        elif error.path not in places:
            places[error.path] = len(told)
            told.append(error)
        else:
            first = told[places[error.path]]
            assert isinstance(first, ColumnMissing)
            known = {read.name for read in first.missing}
            more = [read for read in error.missing if read.name not in known]
            told[places[error.path]] = replace(first, missing=(*first.missing, *more))
    return told
