"""Conditions on the columns of a raw row: which columns they read, and whether they are one.

`label:` and `where:` hold expressions over columns. Here they are looked at as text only; `data`
evaluates them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span
from mtlspec.syntax import tree

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
CONNECTIVES = ("and", "or")
ARITHMETIC = ("+", "-", "*", "/")


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A column that an expression reads, and where it says so."""

    name: str
    span: Span


class NotOfTheRow(Error):
    """A condition on the raw row is made of columns, values and a few signs.

    What it means: `label:` and `where:` are evaluated on the raw data, before anything of the
    model exists. They know columns, numbers, strings, `yes`, `no`, `== != < <= > >=`,
    `and or not`, `+ - * /`, `missing(c)` and `column("a name with blanks")`.

    Example:
        click : binary(label: relu(clicked))

    Instead:
        click : binary(label: clicked > 0)

    Why: labels have to be the same whatever the model is.
    """

    id = "MTL0622"
    title = "a condition reads columns of the raw row"
    span: Span
    what: str

    def headline(self) -> str:
        return f"{self.what} has no meaning in a condition on the raw row"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "not known here", primary=True)]

    def expected(self) -> str:
        return (
            "columns, numbers, strings, `yes`, `no`, comparisons, `and`, `or`, `not`, arithmetic, "
            '`missing(c)` or `column("c")`'
        )


def column_of(node: tree.Node) -> ColumnRead | None:
    """The column that a node is: `name` or `column("a name")`."""
    match node:
        case tree.Name(name=name):
            return ColumnRead(name, node.span)
        case tree.Call(
            callee=tree.Name(name="column"),
            args=(tree.Arg(name=None, value=tree.String() as text),),
        ):
            return ColumnRead(text.value, node.span)
        case _:
            return None


def missing_of(node: tree.Node) -> ColumnRead | None:
    """The column `c` of `missing(c)`."""
    match node:
        case tree.Call(callee=tree.Name(name="missing"), args=(tree.Arg(name=None, value=value),)):
            return column_of(value)
        case _:
            return None


def columns_of(condition: tree.Node) -> tuple[ColumnRead, ...]:
    """Every column that a condition reads, in reading order; one read twice is there twice."""
    return tuple(_columns(condition))


def check_form(condition: tree.Node) -> list[Error]:
    """What in an expression cannot be part of a condition (MTL0622)."""
    if column_of(condition) or missing_of(condition):
        return []
    match condition:
        case tree.Int() | tree.Float() | tree.String() | tree.Bool():
            return []
        case tree.Binary(op=op, left=left, right=right) if op in _OPERATORS:
            return check_form(left) + check_form(right)
        case tree.Unary(value=value) | tree.Paren(value=value):
            return check_form(value)
        case _:
            return [NotOfTheRow(condition.span, _describe(condition))]


_OPERATORS = COMPARISONS + CONNECTIVES + ARITHMETIC


def _columns(node: tree.Node) -> Iterator[ColumnRead]:
    found = column_of(node) or missing_of(node)
    if found:
        yield found
    elif not isinstance(node, tree.Call):
        for child in tree.children(node):
            yield from _columns(child)


def _describe(node: tree.Node) -> str:
    match node:
        case tree.Call(callee=tree.Name(name="column" | "missing" as name)):
            return f"`{name}` of anything but one column"
        case tree.Call(callee=tree.Name(name=name)):
            return f"the call of `{name}`"
        case tree.NoneValue():
            return "`none`"
        case _:
            return f"`{node.span.text}`"
