"""Weights that begin as a file has them: `load:` of a call, and initialisers that name a file.

The headers of files are read while the graph is built, so that names and shapes are checked; the
numbers are read where a module is made.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Error, Label, Report
from mtlspec.graph.files.uses import LIBRARY
from mtlspec.source import Peek, Span
from mtlspec.words.features import Table
from mtlspec.words.initialisers import Initialiser, Parameter, from_file
from mtlspec.words.initialisers.from_file import FromFileOptions
from mtlspec.words.initialisers.from_file.arrays import (
    Array,
    Arrays,
    NoSuchArray,
    find_array,
    find_rows,
    read_arrays,
)
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.builder import Owner
    from mtlspec.graph.node import Caller


@dataclass(slots=True)
class FilesOfWeights:
    """The headers of files, each read once; none is where `peek` is None.

    `located` are the paths that a spec names, by where they stand.
    """

    peek: Peek | None
    headers: dict[str, Arrays | Error] = field(default_factory=dict[str, "Arrays | Error"])
    located: dict[Span, str] = field(default_factory=dict[Span, str])

    def arrays(self, path: str, span: Span | None, report: Report) -> Arrays | None:
        """What a file holds; None where that is not known, or after an error."""
        if self.peek is None:
            return None
        if path not in self.headers:
            self.headers[path] = read_arrays(path, self.peek, span)
        found = self.headers[path]
        if isinstance(found, Error):
            report.add(replace(found, span=span))
            return None
        return found

    def paths(self) -> dict[Span, str]:
        """The paths that a spec names, as they lead there from anywhere."""
        return {span: _from_anywhere(path) for span, path in self.located.items()}


def _from_anywhere(path: str) -> str:
    return path if path.startswith(LIBRARY) else os.path.abspath(path)


@dataclass(slots=True, eq=False)
class Loading:
    """The file that the weights of one call begin as.

    `caller` is that of a component; for an op, `first` is the ordinal of its first weights.
    """

    options: FromFileOptions
    span: Span
    arrays: Arrays | None
    caller: Caller | None = None
    first: int = 0
    taken: set[str] = field(default_factory=set[str])
    missing: list[str] = field(default_factory=list[str])

    def take(self, report: Report, owner: Owner, parameter: Parameter, inner: str) -> Parameter:
        """A parameter that begins as in the file, if it is one of the call."""
        name = self._name(owner, parameter, inner)
        if name is None:
            return parameter
        prefix = self.options.array
        name = f"{prefix}.{name}" if prefix else name
        self.taken.add(name)
        waits = parameter.rows_of or parameter.outputs_of
        if self.arrays is not None and name not in self.arrays and waits is None:
            self.missing.append(name)
        elif self.arrays is not None:
            _check(report, self.arrays, self.options.path, name, parameter, self.span)
        options = FromFileOptions(file=f"{self.options.path}#{name}")
        return replace(parameter, initial=Bound(from_file.WORD, options, self.span))

    def close(self, report: Report) -> None:
        """Reports what the call has and the file lacks, and what the file has besides."""
        if self.arrays is None:
            return
        path, prefix = self.options.path, self.options.array
        if self.missing:
            names = tuple(dict.fromkeys(self.missing))
            report.add(NoSuchArray(path, names, tuple(self.arrays), self.span))
            return
        known = [name for name in self.arrays if not prefix or name.startswith(f"{prefix}.")]
        left = tuple(name for name in known if name not in self.taken)
        if left or not self.taken:
            report.add(ArraysLeft(path, left, len(self.taken), self.span))

    def _name(self, owner: Owner, parameter: Parameter, inner: str) -> str | None:
        """The name of a parameter inside the call."""
        own = parameter.logical or parameter.name
        if self.caller is None:
            return f"{int(inner) - self.first}.{own}"
        statement, index = owner.statement, owner.whole_index
        loan = owner.loan
        if loan is not None and self.caller in loan.owner.statement.callers():
            statement, index = loan.near(owner)
        if self.caller not in statement.callers():
            return None
        lead = f"{self.caller.logical(index[: self.caller.depth])}."
        return ".".join([statement.logical(index).removeprefix(lead), *filter(None, [inner]), own])


def begin(
    files: FilesOfWeights,
    report: Report,
    owner: Owner,
    parameters: tuple[Parameter, ...],
    inner: str,
) -> tuple[Parameter, ...]:
    """The parameters of an op, with the files that they begin as; `inner` is the op's name."""
    for parameter in parameters:
        initial = parameter.initial
        if isinstance(initial.word, Initialiser) and initial.word.stored:
            assert isinstance(initial.options, FromFileOptions)
            path, name = initial.options.path, initial.options.array
            arrays = files.arrays(path, initial.span, report)
            if arrays is not None:
                _check(report, arrays, path, name, parameter, initial.span)
    for loading in owner.all_loads:
        parameters = tuple(loading.take(report, owner, p, inner) for p in parameters)
    return parameters


@contextmanager
def loaded(
    files: FilesOfWeights,
    report: Report,
    file: str | None,
    span: Span,
    *,
    caller: Caller | None = None,
    first: int = 0,
) -> Generator[tuple[Loading, ...]]:
    """The file that a call begins as, if there is one; checked whole when the call is made."""
    if file is None:
        yield ()
        return
    options, errors = FromFileOptions(file=file), len(report.errors)
    arrays = files.arrays(options.path, span, report)
    loading = Loading(options, span, arrays, caller, first)
    yield (loading,)
    if len(report.errors) == errors:
        loading.close(report)


def check_table(files: FilesOfWeights, report: Report, table: Table, span: Span) -> None:
    """Reports a table whose file does not fit: it has all rows, or those of the known values."""
    if table.load is None:
        return
    if table.rows is None:
        report.add(RowsUnknown(table.name, True, span))
        return
    options = FromFileOptions(file=table.load)
    arrays = files.arrays(options.path, span, report)
    if arrays is not None:
        found = find_rows(arrays, options, table, span)
        if not isinstance(found, Array):
            report.add(found)


def _check(
    report: Report, arrays: Arrays, path: str, name: str, parameter: Parameter, span: Span | None
) -> None:
    """Reports an array that is not there, or does not fit."""
    waits = parameter.rows_of or parameter.outputs_of
    if waits is not None:
        assert span is not None
        report.add(RowsUnknown(waits, parameter.rows_of is not None, span))
        return
    found = find_array(arrays, path, name, parameter.shape, span)
    if not isinstance(found, Array):
        report.add(found)


class ArraysLeft(Error):
    """All that a file has under a prefix belongs to the call that loads it.

    What it means: under the prefix the file has arrays that are no weights of the call, or the call
    owns no weights.

    Example:
        layer h = features -> mlp(64, load: "encoder.safetensors")        # 2 layers there

    Instead:
        layer h = features -> mlp(64, 32, load: "encoder.safetensors")
        layer h = features -> mlp(64, load: "encoder.safetensors#first")

    Why: what is left over tells that the file was made by another model.
    """

    id = "MTL0683"
    title = "all that a file has under a prefix belongs to the call that loads it"
    path: str
    names: tuple[str, ...]
    weights: int
    span: Span

    def headline(self) -> str:
        if not self.weights:
            return "there are no weights to load"
        shown = ", ".join(f"`{name}`" for name in self.names[:8])
        more = f" and {len(self.names) - 8} more" if len(self.names) > 8 else ""
        return f"`{self.path}` has {shown}{more} besides"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        if not self.weights:
            return "the call owns none"
        return 'the arrays of one call stand under a prefix: `load: "file.safetensors#prefix"`'


class RowsUnknown(Error):
    """A weight that begins as in a file has a size that the spec knows.

    What it means: the weight has a row for each value of a column, or an output for each class,
    that the training rows have.

    Example:
        city : category(dim: 8, load: "cities.safetensors")

    Instead:
        city : category(dim: 8, values: [ulm, bonn], load: "cities.safetensors")

    Why: which row of a file stood for which value could not be told.
    """

    id = "MTL0684"
    title = "a weight that begins as in a file has a size that the spec knows"
    name: str
    table: bool
    span: Span

    def headline(self) -> str:
        what = "the values" if self.table else "the classes"
        return (
            f"{what} of `{self.name}` are known with the data, and the file has an order of its own"
        )

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        if not self.table:
            return ""
        return "`category(values: […], load: …)` says which row is which value's"
