"""Statements: what each declares, and how one member of it becomes nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.bodies import arrays, heads, proximal
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls import blocks
from mtlspec.graph.expressions import express
from mtlspec.graph.mixes import mixing
from mtlspec.graph.naming.scope import MemberValue
from mtlspec.graph.node import Keyword, Term
from mtlspec.graph.values import Absent, Members
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor

Compute = Callable[[Builder, Where], MemberValue]
"""Makes the nodes of one member."""


@dataclass(frozen=True, slots=True)
class Defines:
    """What a statement declares: one name, its indices, and how a member is computed."""

    keyword: Keyword
    name: str
    name_span: Span
    index: tuple[tree.Index, ...] | None
    moves: bool
    span: Span
    compute: Compute


class LossShape(Error):
    """A loss term is one number, for all rows or for each.

    What it means: the expression has more than one number.

    Example:
        loss small = h                  # f32[64]

    Instead:
        loss apart = orthogonal(weights(f[1]), weights(f[2]))

    Why: terms are added to the objective; a vector would have to be summed or averaged by guess.
    """

    id = "MTL0310"
    title = "a loss term is one number"
    name: str
    found_type: str
    span: Span
    hint: str = ""

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.name}` is {self.found_type}", primary=True)]

    def help(self) -> str:
        return self.hint


def defined(statement: tree.Stmt) -> tuple[Defines, ...]:
    """What a statement defines; nothing for one that defines no value (`set`, `repeat`, …)."""
    match statement:
        case tree.Layer() | tree.Let():
            pairs = zip(statement.targets, statement.values, strict=True)
            return tuple(_one(target, statement, expr) for target, expr in pairs)
        case tree.Expert() | tree.Stream():
            return (_one(statement.target, statement, statement.value),)
        case tree.Gate() | tree.Stitch():
            return (_mixes(statement),)
        case tree.Head():
            return (_head(statement),)
        case tree.Loss():
            return (_loss(statement),)
        case tree.Weight():
            return (_weight(statement),)
        case tree.Block():
            return (_block(statement),)
        case tree.Require() | tree.SetDecl() | tree.Repeat() | tree.Return() | tree.Broken():
            return ()


Valued = tree.Layer | tree.Let | tree.Expert | tree.Stream
"""Statements whose names stand for the values of expressions."""


def keyword_of(statement: Valued) -> Keyword:
    """The word that it starts with."""
    match statement:
        case tree.Layer():
            return "layer"
        case tree.Let():
            return "let"
        case tree.Expert():
            return "expert"
        case tree.Stream():
            return "stream"


def _one(target: tree.Target, statement: Valued, expr: tree.Expr) -> Defines:
    keyword = keyword_of(statement)

    def compute(b: Builder, where: Where) -> MemberValue:
        found = express.value(b, expr, where)
        if isinstance(found, Absent) and keyword in ("let", "stream"):
            return found
        return express.single(b, found, expr, where)

    moves = not isinstance(statement, tree.Stream) and statement.moves
    return Defines(
        keyword, target.name.name, target.name.span, target.index, moves, statement.span, compute
    )


def _weight(statement: tree.Weight) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        return arrays.weight(b, statement, where)

    name, index = statement.target.name, statement.target.index
    return Defines("weight", name.name, name.span, index, False, statement.span, compute)


def _block(statement: tree.Block) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        return blocks.block(b, statement, where)

    name, index = statement.target.name, statement.target.index
    return Defines("block", name.name, name.span, index, False, statement.span, compute)


def _mixes(statement: tree.Gate | tree.Stitch) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        if isinstance(statement, tree.Gate):
            return mixing.gate(b, statement, where)
        return mixing.stitch(b, statement, where)

    name = statement.target.name
    return Defines(
        "gate" if isinstance(statement, tree.Gate) else "stitch",
        name.name,
        name.span,
        statement.target.index,
        statement.moves,
        statement.span,
        compute,
    )


def _loss(statement: tree.Loss) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        assert where.owner is not None
        found = express.value(b, statement.value, where)
        if isinstance(found, Members) and _learned(found):
            b.report.add(_no_number(statement, f"{len(found.members)} arrays", learned=True))
            return b.nothing(where.owner, statement.span)
        value = express.single(b, found, statement.value, where)
        if not isinstance(value.type, Tensor):
            return b.nothing(where.owner, statement.span)
        if value.type.shape not in ((), (1,)):
            learned = not value.type.rows
            b.report.add(_no_number(statement, str(value.type), learned=learned))
            return b.nothing(where.owner, statement.span)
        step = proximal.is_step(b, value, statement.span)
        if step is None:
            return b.nothing(where.owner, statement.span)
        kind = Tensor((), rows=False)
        role = Term(statement.target.name.name, step)
        return b.add(role, kind, (value,), where.owner, statement.span)

    name = statement.target.name
    return Defines(
        "loss", name.name, name.span, statement.target.index, False, statement.span, compute
    )


def _learned(family: Members) -> bool:
    """Whether what is in a family is the same for all rows."""
    kinds = [node.type for node in family.nodes()]
    return bool(kinds) and all(isinstance(kind, Tensor) and not kind.rows for kind in kinds)


def _no_number(statement: tree.Loss, found: str, *, learned: bool) -> LossShape:
    """What is said of more than one number: of weights, a penalty makes one."""
    hint = "of a vector, `dot(x, x)` is one number for each row"
    if learned:
        text = _factor(statement.value).span.text
        hint = f"a penalty makes one number of weights, such as `l2({text})`"
    return LossShape(statement.target.name.name, found, statement.value.span, hint)


def _factor(expr: tree.Expr) -> tree.Expr:
    """What a number is multiplied with, of a product that begins with one."""
    match expr:
        case tree.Paren():
            return _factor(expr.value)
        case tree.Binary(op="*", left=tree.Int() | tree.Float()):
            return _factor(expr.right)
        case _:
            return expr


def _head(statement: tree.Head) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        return heads.predict(b, statement, where)

    return Defines(
        "head",
        "head",
        statement.index_span,
        statement.index,
        False,
        statement.span,
        compute,
    )
