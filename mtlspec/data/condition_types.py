"""Whether a condition fits the columns of a data set: names and types, before a row is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from mtlspec.data.missing_columns import check_columns
from mtlspec.diagnostics import Diagnostic, Error, Label
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.conditions import (
    ARITHMETIC,
    COMPARISONS,
    ColumnRead,
    check_form,
    column_of,
    columns_of,
    missing_of,
)

Kind = Literal["bool", "number", "string", "null"]
"""What a part of a condition is; `null` is a column without a single value, which fits all."""

_WORDS = {"bool": "yes or no", "number": "a number", "string": "a string", "null": "null"}


class TypesNeverMeet(Error):
    """Both sides of a comparison are numbers, or both are strings.

    What it means: a string is compared with a number (or with yes and no). The two are never
    equal, and neither is the smaller one.

    Example:
        rich : binary(label: income == 1)

    Instead:
        rich : binary(label: income == "50000+.")

    Why: the comparison would be the same in every row, and the label constant.
    """

    id = "MTL0620"
    title = "both sides of a comparison are of one type"
    left: Span
    left_is: str
    right: Span
    right_is: str
    path: str

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.left, self.left_is, primary=True),
            Label(self.right, self.right_is),
        ]

    def place(self) -> str:
        return self.path


class PartDoesNotFit(Error):
    """`and`, `or` and `not` join conditions; `+ - * /` join numbers; `where:` is a condition.

    What it means: a part of a condition is of a type that its place cannot take.

    Example:
        buy : binary(label: bought, where: clicks)

    Instead:
        buy : binary(label: bought, where: clicks > 0)

    Why: which numbers or strings count as a yes has to be said.
    """

    id = "MTL0621"
    title = "each part of a condition is of the type that its place takes"
    span: Span
    part_is: str
    needed: str
    path: str
    advice: str = ""

    def headline(self) -> str:
        return f"{self.needed}, but this is {self.part_is.partition(' in ')[0]}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.part_is, primary=True)]

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return self.advice


class TypeOutsideConditions(Error):
    """A condition reads columns of numbers, strings and bools.

    What it means: the column is of another type, a time or a list, say; conditions have no values
    of that type to compare it with.

    Example:
        late : binary(label: delivered_at > 5)

    Instead: add a column of numbers or strings to the data, such as `days_to_delivery`

    Why: what a comparison of such values means depends on more than the two values.
    """

    id = "MTL0623"
    title = "a condition reads columns of numbers, strings and bools"
    column: str
    type: str
    span: Span
    path: str

    def headline(self) -> str:
        return f"a condition cannot read `{self.column}`, which is {self.type} in `{self.path}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"type {self.type}", primary=True)]

    def place(self) -> str:
        return self.path

    def expected(self) -> str:
        return "a column of numbers, strings or bools"


def check_condition(
    condition: tree.Expr, columns: pa.Schema, path: str
) -> tuple[Kind | None, list[Diagnostic]]:
    """What a condition is, None where that is not known, and what is wrong with it (MTL06).

    Columns that are missing are reported too, each once.
    """
    form = check_form(condition)
    if form:
        return None, [*form]
    missing = [*check_columns(columns_of(condition), columns.names, path)]
    if missing:
        return None, [*missing]
    typing = _Typing(columns, path)
    return typing.kind_of(condition), typing.found


def check_where(condition: tree.Expr, columns: pa.Schema, path: str) -> list[Diagnostic]:
    """What is wrong with a sample space: as `check_condition`, and it has to be yes or no."""
    kind, found = check_condition(condition, columns, path)
    if kind in ("number", "string"):
        typing = _Typing(columns, path)
        typing.need(condition, kind, "bool", "`where:` takes a condition")
        return typing.found
    return found


def check_weight(expr: tree.Expr, columns: pa.Schema, path: str) -> list[Diagnostic]:
    """What is wrong with the weight of a row: as `check_condition`, and it has to be a number."""
    kind, found = check_condition(expr, columns, path)
    if kind == "string":
        typing = _Typing(columns, path)
        typing.need(expr, kind, "number", "`rows:` takes a number")
        return typing.found
    return found


def kind_of_column(dtype: pa.DataType) -> Kind | None:
    """What a column of this type is in a condition, or None where none can read it."""
    if isinstance(dtype, pa.DictionaryType):
        return kind_of_column(dtype.value_type)
    types = pa.types
    if types.is_null(dtype):
        return "null"
    if types.is_boolean(dtype):
        return "bool"
    if types.is_string(dtype) or types.is_large_string(dtype) or types.is_string_view(dtype):
        return "string"
    number = types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype)
    return "number" if number else None


@dataclass(slots=True)
class _Typing:
    """Finds what each part is; a part with an error is None and keeps quiet."""

    columns: pa.Schema
    path: str
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def kind_of(self, node: tree.Expr) -> Kind | None:
        if missing_of(node):
            return "bool"
        read = column_of(node)
        if read:
            return self._column(read)
        match node:
            case tree.Bool():
                return "bool"
            case tree.String():
                return "string"
            case tree.Paren(value=value):
                return self.kind_of(value)
            case tree.Unary(op=op, value=value):
                needed: Kind = "bool" if op == "not" else "number"
                self.need(value, self.kind_of(value), needed, f"`{op}` {_TAKES[needed]}")
                return needed
            case tree.Binary():
                return self._binary(node)
            case _:
                return "number"

    def need(self, node: tree.Expr, kind: Kind | None, needed: Kind, law: str) -> None:
        """Reports a part of another kind; a bool is a number too."""
        if kind in (None, "null", needed) or (needed, kind) == ("number", "bool"):
            return
        advice = ""
        if needed == "bool":
            value = "0" if kind == "number" else '"…"'
            sign = "!=" if kind == "number" else "=="
            advice = f"compare it, for example `{node.span.text} {sign} {value}`"
        self.found.append(PartDoesNotFit(node.span, self._say(node, kind), law, self.path, advice))

    def _column(self, read: ColumnRead) -> Kind | None:
        dtype = self.columns.field(read.name).type
        kind = kind_of_column(dtype)
        if kind is None:
            self.found.append(TypeOutsideConditions(read.name, str(dtype), read.span, self.path))
        return kind

    def _binary(self, node: tree.Binary) -> Kind:
        left, right = self.kind_of(node.left), self.kind_of(node.right)
        if node.op in COMPARISONS:
            self._compare(node, left, right)
            return "bool"
        needed: Kind = "number" if node.op in ARITHMETIC else "bool"
        law = f"`{node.op}` {_TAKES[needed]}"
        self.need(node.left, left, needed, law)
        self.need(node.right, right, needed, law)
        return needed

    def _compare(self, node: tree.Binary, left: Kind | None, right: Kind | None) -> None:
        if None in (left, right) or "null" in (left, right):
            return
        if (left == "string") != (right == "string"):
            said = self._say(node.left, left), self._say(node.right, right)
            error = TypesNeverMeet(node.left.span, said[0], node.right.span, said[1], self.path)
            self.found.append(error)

    def _say(self, node: tree.Expr, kind: Kind | None) -> str:
        """`a string`, or `a string in `data.parquet`` for a column."""
        text = _WORDS[kind or "null"]
        return f"{text} in `{self.path}`" if column_of(node) else text


_TAKES = {"bool": "takes conditions", "number": "takes numbers", "string": "takes strings"}
