"""Statements, fields and headings as rows: a head, a sign with what follows, a comment.

Heads of neighbouring rows of one group are padded so that their signs stand below each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mtlspec.syntax import tree as t
from mtlspec.syntax import wording as w
from mtlspec.syntax.layout import INDENT, WIDTH, Pieces, bracketed, fill, glue, length, listed, text

LONGEST_ALIGNED = 30
"""A head that is longer is not aligned with its neighbours."""

Simple = (
    t.Use | t.Param | t.SetDecl | t.Field | t.Layer | t.Expert | t.Let | t.Block | t.Weight
    | t.Stream | t.Gate | t.Stitch | t.Head | t.Loss | t.Require | t.Return | t.Broken
)  # fmt: skip
"""What has no block."""

Nested = t.Features | t.Tasks | t.Train | t.Stage | t.Model | t.Component | t.Repeat
"""What has one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One statement before it is laid out; `group` is empty for a row that is not aligned."""

    head: Pieces
    rest: Pieces
    group: str = ""
    indent: int = 0
    hang: int = INDENT
    comment: str = ""
    blank: bool = False
    """Whether an empty line stands before it."""

    @property
    def pieces(self) -> Pieces:
        return glue(self.head, text(" "), self.rest) if self.rest else self.head

    def padded(self, width: int) -> Row:
        """The row with its head filled up to a width."""
        spaces = text(" " * (width - length(self.head)))
        return replace(self, head=glue(self.head, spaces))


def aligned(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows with the signs of each run of neighbours below each other, where all of them fit."""
    run: list[Row] = []
    for row in rows:
        if run and not _together(run[-1], row):
            yield from _align(run)
            run = []
        run.append(row)
    yield from _align(run)


def _together(before: Row, row: Row) -> bool:
    same = before.group == row.group and before.indent == row.indent
    short = max(length(before.head), length(row.head)) <= LONGEST_ALIGNED
    return same and short and bool(row.group) and not row.blank


def _align(rows: list[Row]) -> list[Row]:
    width = max((length(row.head) for row in rows), default=0)
    padded = [row.padded(width) for row in rows]
    fits = all(row.indent + length(row.pieces) <= WIDTH for row in padded)
    return padded if fits and len(rows) > 1 else rows


def laid_out(row: Row) -> list[str]:
    """The lines of a row, without its comment."""
    return fill(row.pieces, row.indent, row.indent + row.hang)


# --- one row for each kind of statement ----------------------------------------------------------


def row_of(node: Simple) -> Row:
    """The row of what has no block."""
    match node:
        case t.Field():
            keys = listed(_field_key(key) for key in node.keys)
            return Row(keys, _after(":", w.exprs(node.values)), "field")
        case t.Broken():
            return Row(text(node.span.text.strip() or node.keyword), [])
        case t.Use():
            return Row(text(f"use {w.quote(node.path.value)}"), _use_rest(node))
        case t.Require():
            return Row(text("require"), w.expr(node.value))
        case t.Return():
            return Row(text("return"), w.exprs(node.values))
        case _:
            keyword, head, rest = _definition(node)
            return Row(head, rest, keyword)


Definition = (
    t.Param | t.SetDecl | t.Layer | t.Expert | t.Let | t.Block | t.Weight | t.Stream | t.Gate
    | t.Stitch | t.Head | t.Loss
)  # fmt: skip


def _definition(node: Definition) -> tuple[str, Pieces, Pieces]:
    """Keyword, head and rest of what has a name and a sign."""
    match node:
        case t.Param():
            tail = [] if node.domain is None else _after("in", w.domain(node.domain))
            return "param", text(f"param {node.name.name}"), _after("=", w.expr(node.value)) + tail
        case t.SetDecl():
            return "set", text(f"set {node.name.name}"), _after("=", w.set_value(node.value))
        case t.Layer() | t.Let():
            keyword = "layer" if isinstance(node, t.Layer) else "let"
            head = listed(map(w.target, node.targets))
            return keyword, _after(keyword, head), _becomes(node.moves, w.exprs(node.values))
        case t.Gate():
            rest = _becomes(node.moves, w.exprs(node.candidates))
            return "gate", _mix("gate", node), rest + _after("by", w.exprs(node.selectors))
        case t.Stitch():
            return "stitch", _mix("stitch", node), _becomes(node.moves, w.exprs(node.candidates))
        case t.Head():
            return (
                "head",
                glue(text("head"), w.index(node.index)),
                _after("=", w.exprs(node.values)),
            )
        case t.Weight():
            start = [] if node.value is None else _after("=", w.expr(node.value))
            return "weight", _named("weight", node.target), _after(":", w.expr(node.type)) + start
        case t.Expert() | t.Block() | t.Stream() | t.Loss():
            keyword = type(node).__name__.lower()
            moves = isinstance(node, t.Expert) and node.moves
            return keyword, _named(keyword, node.target), _becomes(moves, w.expr(node.value))


def heading_of(node: Nested) -> Row:
    """The row that opens a block, with its `{`."""
    return Row(glue(_heading(node), text(" {")), [], hang=2 * INDENT)


def _heading(node: Nested) -> Pieces:
    match node:
        case t.Features() | t.Tasks() | t.Train():
            return text(type(node).__name__.lower())
        case t.Stage() | t.Model():
            return text(f"{type(node).__name__.lower()} {node.name.name}")
        case t.Component():
            params = bracketed("(", map(_component_param, node.params), ")")
            return glue(text(f"component {node.name.name}"), params)
        case t.Repeat():
            name = text("repeat ") if node.name is None else text(f"repeat {node.name.name} in ")
            return glue(name, w.value(node.over))


def body_of(node: Nested) -> tuple[Simple | Nested, ...]:
    """What stands in the block of a node."""
    return node.fields if isinstance(node, _FIELDED) else node.body


_FIELDED = (t.Features, t.Tasks, t.Train, t.Stage)


def _after(sign: str, part: Pieces) -> Pieces:
    return glue(text(f"{sign} "), part)


def _becomes(moves: bool, values: Pieces) -> Pieces:
    return _after("<-" if moves else "=", values)


def _named(keyword: str, target: t.Target) -> Pieces:
    return _after(keyword, w.target(target))


def _mix(keyword: str, node: t.Gate | t.Stitch) -> Pieces:
    options = w.args(node.options) if node.options else text("")
    return glue(text(keyword), options, text(" "), w.target(node.target))


def _field_key(node: t.FieldKey) -> Pieces:
    name = text(w.key(node.name))
    return name if node.index is None else glue(name, w.index(node.index))


def _component_param(node: t.ComponentParam) -> Pieces:
    target = w.target(node.target)
    return target if node.default is None else glue(target, text(" = "), w.expr(node.default))


def _use_rest(node: t.Use) -> Pieces:
    given = w.args(node.args) if node.args else []
    return given + (text(f"as {node.alias.name}") if node.alias else [])
