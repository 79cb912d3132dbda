"""The nodes, and what makes the common ones of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Name:
    """A name, with dots if need be: `x`, `F.relu`."""

    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a string, a bool or None."""

    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    function: Expr
    args: tuple[Expr, ...] = ()
    named: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    value: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Subscript:
    value: Expr
    index: tuple[Expr | Slice, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    start: int | None = None
    stop: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Sequential:
    """A list `[…]` or a tuple `(…)`."""

    items: tuple[Expr, ...]
    brackets: str = "[]"


@dataclass(frozen=True, slots=True)
class Dictionary:
    items: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`[item for name in values … if condition]`."""

    item: Expr
    loops: tuple[tuple[str, Expr], ...]
    condition: Expr | None = None


Expr = (
    Name
    | Constant
    | Call
    | Attribute
    | Subscript
    | Binary
    | Unary
    | Sequential
    | Dictionary
    | Comprehension
)


@dataclass(frozen=True, slots=True)
class Assign:
    """`target = value  # comment`."""

    target: Expr
    value: Expr
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    value: Expr
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """An expression as a statement."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Comment:
    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line between paragraphs."""


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    parameters: tuple[str, ...]
    returns: str
    body: tuple[Stmt, ...]
    doc: str = ""
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    base: str
    doc: str
    body: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """A class or function whose text is taken from a file of ours as it stands."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class For:
    """`for name in values:`, around statements."""

    name: str
    values: Expr
    body: tuple[Stmt, ...]


Stmt = Assign | Return | Do | Comment | Blank | For
Definition = Class | Function | Copied


@dataclass(frozen=True, slots=True)
class Module:
    doc: str
    imports: tuple[str, ...]
    definitions: tuple[Definition, ...] = field(default=())
    constants: tuple[Assign, ...] = ()


def call(function: str | Expr, *args: Expr, **named: Expr) -> Call:
    """A call, of a dotted name or of an expression."""
    called = Name(function) if isinstance(function, str) else function
    return Call(called, args, tuple(named.items()))


def method(value: Expr, name: str, *args: Expr, **named: Expr) -> Call:
    """`value.name(args)`."""
    return Call(Attribute(value, name), args, tuple(named.items()))


def pick(value: Expr, *index: int | Slice | Expr) -> Subscript:
    """`value[index]`."""
    return Subscript(value, tuple(Constant(i) if isinstance(i, int) else i for i in index))


def array(items: Iterable[Expr]) -> Sequential:
    """A list."""
    return Sequential(tuple(items))


def pair(items: Iterable[Expr]) -> Sequential:
    """A tuple."""
    return Sequential(tuple(items), "()")


def sized(*sizes: int) -> Sequential:
    """A tuple of numbers."""
    return pair(Constant(size) for size in sizes)
