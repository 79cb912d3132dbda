"""The syntax tree: one frozen dataclass per construct of `grammar/mtl.lark`.

Spans do not take part in equality, so a tree printed and parsed again equals itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from mtlspec.source import SourceFile, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ident(Node):
    """A name where it is declared, or an option's or field's key (perhaps a string)."""

    name: str


# --- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class FeaturesValue(Node):
    """The word `features` as a value."""


@dataclass(frozen=True, slots=True)
class HeadValue(Node):
    """The word `head` as a value; only ever picked: `head[t]`."""


@dataclass(frozen=True, slots=True)
class Int(Node):
    value: int
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Float(Node):
    value: float
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Bool(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class NoneValue(Node):
    """The word `none`."""


@dataclass(frozen=True, slots=True)
class Array(Node):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Flow(Node):
    """`left -> right`."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`or and == != < <= > >= + - * /`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`not x` and `-x`; `op` is `not` or `-`."""

    op: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """`value[index, …]`."""

    value: Expr
    index: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`callee(args)`."""

    callee: Expr
    args: tuple[Arg, ...]


@dataclass(frozen=True, slots=True)
class MemberOf(Node):
    """`value.name`."""

    value: Expr
    name: Ident


@dataclass(frozen=True, slots=True)
class Paren(Node):
    """`( value )`: kept so that the formatter gives back what was written."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Arg(Node):
    """An argument: by place when `name` is None."""

    name: Ident | None
    value: Expr | Range


# --- indices, ranges, sets -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`start..stop`, `start..` or `..stop`."""

    start: Expr | None
    stop: Expr | None


@dataclass(frozen=True, slots=True)
class Bind(Node):
    """`name in over`."""

    name: Ident
    over: Expr | Range | Braces


@dataclass(frozen=True, slots=True)
class Every(Node):
    """`*` in an index."""


@dataclass(frozen=True, slots=True)
class Others(Node):
    """`!value` in an index."""

    value: Expr


@dataclass(frozen=True, slots=True)
class BraceMember(Node):
    """`a`, `"b c"`, `3` in `{…}`, or `group: {…}`."""

    key: Name | String | Int
    group: Braces | None


@dataclass(frozen=True, slots=True)
class Braces(Node):
    members: tuple[BraceMember, ...]


@dataclass(frozen=True, slots=True)
class Choices(Node):
    """`{relu, gelu}` as the domain of a param."""

    items: tuple[Expr, ...]


Expr = (
    Name
    | FeaturesValue
    | HeadValue
    | Int
    | Float
    | String
    | Bool
    | NoneValue
    | Array
    | Flow
    | Binary
    | Unary
    | Pick
    | Call
    | MemberOf
    | Paren
)
Index = Expr | Range | Bind | Every | Others


@dataclass(frozen=True, slots=True)
class Target(Node):
    """`name[index, …]` on the left of a statement; `index` is None without brackets."""

    name: Ident
    index: tuple[Index, ...] | None


# --- statements ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layer(Node):
    targets: tuple[Target, ...]
    moves: bool
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Expert(Node):
    target: Target
    moves: bool
    value: Expr


@dataclass(frozen=True, slots=True)
class Let(Node):
    targets: tuple[Target, ...]
    moves: bool
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Block(Node):
    target: Target
    value: Expr


@dataclass(frozen=True, slots=True)
class Weight(Node):
    target: Target
    type: Expr
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Stream(Node):
    target: Target
    value: Expr


@dataclass(frozen=True, slots=True)
class Gate(Node):
    options: tuple[Arg, ...]
    target: Target
    moves: bool
    candidates: tuple[Expr, ...]
    selectors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Stitch(Node):
    options: tuple[Arg, ...]
    target: Target
    moves: bool
    candidates: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Head(Node):
    index: tuple[Index, ...]
    values: tuple[Expr, ...]
    index_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Loss(Node):
    target: Target
    value: Expr


@dataclass(frozen=True, slots=True)
class Require(Node):
    value: Expr


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """`head_span` is the line that opens it, without the body."""

    name: Ident | None
    over: Expr | Range
    body: tuple[Stmt, ...]
    head_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Return(Node):
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class SetDecl(Node):
    name: Ident
    value: Expr | Range | Braces


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A statement or declaration that did not parse.

    `names` are those it would have declared: they exist, with an unknown value, so that one
    syntax error does not make a cascade of unknown names.
    """

    keyword: str
    names: tuple[Ident, ...]


Stmt = (
    SetDecl
    | Layer
    | Expert
    | Let
    | Block
    | Weight
    | Stream
    | Gate
    | Stitch
    | Head
    | Loss
    | Require
    | Repeat
    | Return
    | Broken
)


# --- declarations --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use(Node):
    path: String
    args: tuple[Arg, ...]
    alias: Ident | None


@dataclass(frozen=True, slots=True)
class Param(Node):
    name: Ident
    value: Expr
    domain: Range | Choices | Expr | None


@dataclass(frozen=True, slots=True)
class FieldKey(Node):
    """`key` or `key[index, …]` (a family of tasks) before the `:` of a field."""

    name: Ident
    index: tuple[Index, ...] | None


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`key, key : value, value`."""

    keys: tuple[FieldKey, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Features(Node):
    fields: tuple[Field | Broken, ...]


@dataclass(frozen=True, slots=True)
class Tasks(Node):
    fields: tuple[Field | Broken, ...]


@dataclass(frozen=True, slots=True)
class Stage(Node):
    name: Ident
    fields: tuple[Field | Broken, ...]


@dataclass(frozen=True, slots=True)
class Train(Node):
    fields: tuple[Field | Stage | Broken, ...]


@dataclass(frozen=True, slots=True)
class Model(Node):
    name: Ident
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class ComponentParam(Node):
    target: Target
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Component(Node):
    name: Ident
    params: tuple[ComponentParam, ...]
    body: tuple[Stmt, ...]


Item = Use | Param | SetDecl | Features | Tasks | Train | Model | Component | Broken


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """`# …` to the end of its line; `text` starts with the `#`."""

    text: str


@dataclass(frozen=True, slots=True)
class File(Node):
    """A whole file; `edition` is the number after `mtl`, or None."""

    source: SourceFile = field(compare=False, repr=False)
    edition: Int | None
    items: tuple[Item, ...]
    comments: tuple[Comment, ...] = field(compare=False, default=())


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in reading order."""
    for spec in fields(node):
        value: object = getattr(node, spec.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:  # pyright: ignore[reportUnknownVariableType]
                if isinstance(item, Node):
                    yield item


def walk(node: Node) -> Iterator[Node]:
    """A node and everything inside it, in reading order."""
    yield node
    for child in children(node):
        yield from walk(child)
