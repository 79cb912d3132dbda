"""Ops with several results: each is a value of its own, of the statement that names it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from mtlspec.diagnostics import Error
from mtlspec.graph.calls.apply import apply, refuse_value
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.indexing.one import one_needed
from mtlspec.graph.naming.scope import Constants
from mtlspec.graph.node import Node
from mtlspec.graph.values import FAILED, Failed, Members, Recipe, Results
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Mismatch, Tensor
from mtlspec.words import registry
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.builder import Builder, Owner, Where
    from mtlspec.graph.naming.scope import Scope

Owners = Callable[["Owner", int], Sequence["Owner"]]
"""The members that so many results belong to, of a call that another member makes."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names that take the results of the op that is called at `span`.

    `count` is how many there are; None where one name takes all results.
    """

    span: Span
    count: int | None
    owners: Owners


def call_at(expr: tree.Expr, scope: Scope) -> Span | None:
    """Where the op is called whose results an expression is, if it is one with several."""
    match expr:
        case tree.Paren():
            return call_at(expr.value, scope)
        case tree.Flow():
            return call_at(expr.right, scope)
        case tree.Call():
            return expr.span if call_at(expr.callee, scope) is not None else None
        case tree.Name():
            return _held(expr, scope)
        case _:
            return None


def _held(expr: tree.Name, scope: Scope) -> Span | None:
    """The call of what a name stands for: an op, or a recipe that a param holds."""
    symbol = scope.find(expr.name)
    if symbol is None:
        op = cast("Op | None", registry.find("ops", expr.name))
        return expr.span if op is not None and op.several else None
    held = symbol.value.get() if isinstance(symbol, Constants) else None
    if not isinstance(held, Recipe) or held.expr is expr:
        return None
    inside = call_at(held.expr, held.scope)
    return expr.span if inside is not None and isinstance(held.expr, tree.Name) else inside


def apply_several(
    b: Builder,
    op: Bound,
    given: Sequence[tuple[Node | Members, Span]],
    span: Span,
    where: Where,
) -> Results | Failed:
    """The results of an op, by place; those that a statement names are its members' own."""
    if where.owner is None:
        b.report.add(NoStatement(span))
        return FAILED
    value = _one_value(b, op, given, span, where)
    if isinstance(value, Failed):
        return FAILED
    naming = where.naming if where.naming and where.naming.span == span else None
    place, word = given[0][1], cast("Op", op.word)
    assert isinstance(value.type, Tensor)
    names = naming.count if naming else None
    found = word.results(op.options, value.type, names, span, place)
    if isinstance(found, Error):
        b.report.add(found)
        return FAILED
    owners: Sequence[Owner] = [where.owner] * len(found)
    if naming is not None and naming.count in (None, len(found)):
        owners = naming.owners(where.owner, len(found))
    made = [
        apply(b, part, [value], [place], span, replace(where, owner=owner))
        for part, owner in zip(found, owners, strict=True)
    ]
    nodes = tuple(node for node in made if isinstance(node, Node))
    return Results(word.name, nodes, keyword="let") if len(nodes) == len(made) else FAILED


def _one_value(
    b: Builder,
    op: Bound,
    given: Sequence[tuple[Node | Members, Span]],
    span: Span,
    where: Where,
) -> Node | Failed:
    """The value that the op takes."""
    word, places = cast("Op", op.word), [place for _, place in given]
    for value, place in given:
        if isinstance(value, Members):
            b.report.add(one_needed(value, place, where))
            return FAILED
    nodes = [value for value, _ in given if isinstance(value, Node)]
    types = [node.type for node in nodes if isinstance(node.type, Tensor)]
    if len(types) < len(nodes):
        return FAILED
    found = word.takes.unify(types, word.letters(op.options))
    if isinstance(found, Mismatch):
        return refuse_value(b, word, found, types, places, span)
    return nodes[0]
