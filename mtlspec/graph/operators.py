"""Arithmetic on values: each sign is an op, a number beside a value one of its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mtlspec.graph import call, express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.names import NotBuilt
from mtlspec.graph.node import Node
from mtlspec.graph.values import FAILED, Failed, Members, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor
from mtlspec.words import registry

SIGNS: Mapping[str, str] = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


def operate(
    b: Builder, expr: tree.Binary | tree.Unary, sides: Sequence[Value], where: Where
) -> Value:
    """A sign between two values, or a value and a number; a family is taken member by member."""
    exprs = [expr.value] if isinstance(expr, tree.Unary) else [expr.left, expr.right]
    sign = "*" if isinstance(expr, tree.Unary) and expr.op == "-" else expr.op
    if sign not in SIGNS or where.owner is None:
        b.report.add(NotBuilt(f"`{expr.op}` between values", expr.span))
        return FAILED
    if isinstance(expr, tree.Unary):
        sides, exprs = [-1, *sides], [expr.value, *exprs]
    families = [side for side in sides if isinstance(side, Members)]
    if not families:
        return _one(b, SIGNS[sign], sides, exprs, expr.span, where)
    if len(families) > 1:
        found = families[1]
        b.report.add(express.OneValueNeeded(found.name, len(found.members), exprs[1].span))
        return FAILED
    made: dict[tuple[str | int, ...], Node] = {}
    for key, node in families[0].members.items():
        own = [node if side is families[0] else side for side in sides]
        value = _one(b, SIGNS[sign], own, exprs, expr.span, where)
        if isinstance(value, Failed):
            return FAILED
        made[key] = value
    return Members(families[0].name, made)


def _one(
    b: Builder,
    name: str,
    sides: Sequence[Value],
    exprs: Sequence[tree.Expr],
    span: Span,
    where: Where,
) -> Node | Failed:
    options: dict[str, float] = {}
    inputs: list[Node] = []
    places: list[Span] = []
    for side, expr, option in zip(sides, exprs, ("left", "right"), strict=True):
        if isinstance(side, Node):
            inputs.append(side)
            places.append(expr.span)
        elif isinstance(side, int | float) and not isinstance(side, bool):
            options[option] = float(side)
        else:
            b.report.add(express.NotANumber(describe(side), expr.span))
            return FAILED
    if len({node.type.rows for node in inputs if isinstance(node.type, Tensor)}) > 1:
        b.report.add(NotBuilt("arithmetic between weights and values of rows", span))
        return FAILED
    word = registry.find("operators", name)
    assert word is not None
    return call.apply(b, word.bind(**options), inputs, places, span, where)
