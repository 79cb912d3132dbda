"""Arithmetic: on constants, between neighbours, and on values, where each sign is an op."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.apply import apply
from mtlspec.graph.calls.layers import by_layer, layered
from mtlspec.graph.expressions import constants, express
from mtlspec.graph.indexing.membership import NoSuchMember
from mtlspec.graph.indexing.one import one_needed
from mtlspec.graph.node import Node
from mtlspec.graph.values import FAILED, Element, Failed, Members, Recipe, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry


class NotANumber(Error):
    """Arithmetic on constants needs numbers.

    What it means: one side of the sign is not a number.

    Example:
        param widths = [64, 32]
        repeat widths - 1 { … }

    Instead:
        param levels = 2
        repeat levels - 1 { … }

    Why: a list, a word or a text has no difference and no quotient.
    """

    id = "MTL0307"
    title = "arithmetic needs numbers"
    what: str
    span: Span
    hint: str = ""

    def help(self) -> str:
        return self.hint

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]


SIGNS: Mapping[str, str] = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


def operate(
    b: Builder, expr: tree.Binary | tree.Unary, sides: Sequence[Value], where: Where
) -> Value:
    """A sign between two values, or a value and a number; a family is taken member by member."""
    exprs = [expr.value] if isinstance(expr, tree.Unary) else [expr.left, expr.right]
    sign = "*" if isinstance(expr, tree.Unary) and expr.op == "-" else expr.op
    if isinstance(expr, tree.Unary):
        sides, exprs = [-1, *sides], [expr.value, *exprs]
    if where.owner is None:
        place = next(n for n, side in enumerate(sides) if isinstance(side, Node | Members))
        b.report.add(NotANumber(describe(sides[place]), exprs[place].span))
        return FAILED
    if layered(sides):
        spans = [e.span for e in exprs]
        return by_layer(b, sides, spans, lambda own: _families(b, sign, expr, exprs, own, where))
    return _families(b, sign, expr, exprs, sides, where)


def _families(
    b: Builder,
    sign: str,
    expr: tree.Binary | tree.Unary,
    exprs: Sequence[tree.Expr],
    sides: Sequence[Value],
    where: Where,
) -> Value:
    families = [side for side in sides if isinstance(side, Members)]
    if not families:
        return _one(b, SIGNS[sign], sides, exprs, expr.span, where)
    if len(families) > 1:
        b.report.add(one_needed(families[1], exprs[1].span, where))
        return FAILED
    made: dict[tuple[str | int, ...], Node] = {}
    for key, node in families[0].members.items():
        own = [node if side is families[0] else side for side in sides]
        value = _one(b, SIGNS[sign], own, exprs, expr.span, where)
        if isinstance(value, Failed):
            return FAILED
        made[key] = value
    return replace(families[0], members=made)


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
            b.report.add(_not_a_number(side, expr))
            return FAILED
    word = registry.find("operators", name)
    assert word is not None
    return apply(b, word.bind(**options), inputs, places, span, where)


def _not_a_number(side: Value, expr: tree.Expr) -> NotANumber:
    """What is said of one side of a sign; a recipe has lost the value that flows into it."""
    hint = ""
    if isinstance(side, Recipe):
        text = expr.span.text
        hint = f"signs bind before `->`: set the flow in brackets, `(x -> {text})`"
    return NotANumber(describe(side), expr.span, hint)


def _quotient(x: float, y: float) -> float:
    """A whole number where two whole numbers divide without rest."""
    exact = x / y
    return int(exact) if isinstance(x, int) and isinstance(y, int) and x % y == 0 else exact


_CONSTANT: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": _quotient,
}


def arithmetic(b: Builder, expr: tree.Binary | tree.Unary, where: Where) -> Value:
    """A sign between constants, a member and its neighbour, or values of the model."""
    if isinstance(expr, tree.Binary) and expr.op in constants.COMPARISONS:
        return constants.compare(b, expr, where)
    if expr.op in constants.CONNECTIVES:
        return constants.connect(b, expr, where)
    sides = [expr.value] if isinstance(expr, tree.Unary) else [expr.left, expr.right]
    found = [express.value(b, side, where) for side in sides]
    if any(isinstance(v, Failed) for v in found):
        return FAILED
    found = [v.label if isinstance(v, Element) and v.is_number else v for v in found]
    if isinstance(expr, tree.Binary) and isinstance(found[0], Element):
        return _neighbour(b, found[0], expr, found[1])
    if any(isinstance(v, Node | Members) for v in found):
        return operate(b, expr, found, where)
    for side, v in zip(sides, found, strict=True):
        if isinstance(v, bool) or not isinstance(v, int | float):
            b.report.add(_not_a_number(v, side))
            return FAILED
    plain = [v for v in found if isinstance(v, int | float)]
    return _compute(b, expr, plain)


def _compute(b: Builder, expr: tree.Binary | tree.Unary, found: list[int | float]) -> Value:
    if isinstance(expr, tree.Unary):
        return -found[0]
    try:
        return _CONSTANT[expr.op](found[0], found[1])
    except ZeroDivisionError:
        b.report.add(NotANumber("a division by zero", expr.span))
    except OverflowError:
        b.report.add(NotANumber("a number beyond all bounds", expr.span))
    return FAILED


def _neighbour(b: Builder, element: Element, expr: tree.Binary, by: Value) -> Value:
    if isinstance(by, bool) or not isinstance(by, int) or expr.op not in "+-":
        b.report.add(NotANumber(describe(by), expr.right.span))
        return FAILED
    place = element.place + (by if expr.op == "+" else -by)
    labels = element.home.labels
    if 1 <= place <= len(labels):
        return Element(labels[place - 1], element.home)
    known = tuple(f"`{label}`" for label in labels)
    name = element.home.name or "the set"
    beyond, after = str(element.label), place > len(labels)
    error = NoSuchMember(name, expr.span.text, expr.span, known, beyond=beyond, after=after)
    b.report.add(error)
    return FAILED
