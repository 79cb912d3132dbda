"""Constants: comparisons, `and or not`, functions of numbers, worked out when a spec is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express, operators
from mtlspec.graph.naming.names import UnknownName
from mtlspec.graph.node import Node
from mtlspec.graph.values import (
    FAILED,
    Absent,
    Bare,
    Element,
    Failed,
    Members,
    Recipe,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Unknown

Number = int | float


class NotComparable(Error):
    """A comparison is between two constants of one kind.

    What it means: both sides are known when the spec is read, and both are numbers, texts, words,
    lists, members of a set, or `yes` and `no`. The signs `< <= > >=` compare numbers.

    Example:
        param deep = widths > 2

    Instead:
        param deep = len(widths) > 2

    Why: two constants of different kinds are never the same, so the answer would say nothing; and
    what depends on the data cannot decide what is built.
    """

    id = "MTL0242"
    title = "a comparison is between two constants of one kind"
    op: str
    left: Span
    left_is: str
    right: Span
    right_is: str
    flows: bool = False

    def headline(self) -> str:
        return f"`{self.op}` does not compare these two"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.left, self.left_is, primary=True),
            Label(self.right, self.right_is),
        ]

    def help(self) -> str:
        return "a value flows into a recipe by `->`" if self.flows else ""


class NotYesOrNo(Error):
    """`and`, `or` and `not` join `yes` and `no`.

    What it means: one side is neither; it is a number, say, or a word.

    Example:
        param deep = levels and wide

    Instead:
        param deep = levels > 1 and wide

    Why: which numbers or words count as a yes has to be said.
    """

    id = "MTL0243"
    title = "`and`, `or` and `not` join `yes` and `no`"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]


_ORDER: Mapping[str, Callable[[Number, Number], bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}
COMPARISONS = frozenset({"==", "!=", *_ORDER})
CONNECTIVES = frozenset({"and", "or", "not"})


def compare(b: Builder, expr: tree.Binary, where: Where) -> bool | Failed:
    """`own > 2`, `act == relu`, `t == click`."""
    left, right = (_side(b, side, where) for side in (expr.left, expr.right))
    if isinstance(left, Failed) or isinstance(right, Failed):
        return FAILED
    left, right = _as_member(left, right), _as_member(right, left)
    for side, found, other in ((expr.left, left, right), (expr.right, right, left)):
        if isinstance(found, Bare) and isinstance(other, Element):
            known = tuple(str(label) for label in other.home.labels)
            role = f"a member of `{other.home.name}`"
            b.report.add(UnknownName(found.name, side.span, role, known))
            return FAILED
    if expr.op in _ORDER and _is_number(left) and _is_number(right):
        return _ORDER[expr.op](left, right)  # pyright: ignore[reportArgumentType]
    alike = _kind(left) == _kind(right) or isinstance(left, Absent) or isinstance(right, Absent)
    if expr.op in _ORDER or not alike or not _kind(left):
        said = _said(left), _said(right)
        flows = isinstance(left, Node | Members) and isinstance(right, Recipe)
        b.report.add(
            NotComparable(expr.op, expr.left.span, said[0], expr.right.span, said[1], flows)
        )
        return FAILED
    return (_plain(left) == _plain(right)) == (expr.op == "==")


def _side(b: Builder, expr: tree.Expr, where: Where) -> Value:
    found = express.value(b, expr, where)
    if isinstance(found, Node) and isinstance(found.type, Unknown):
        return FAILED
    return found.label if isinstance(found, Element) and found.is_number else found


def _as_member(found: Value, other: Value) -> Value:
    """A word or a text beside a member of a set, as the member of it that it names."""
    label = found.name if isinstance(found, Bare) else found
    if isinstance(other, Element) and isinstance(label, str | int) and label in other.home.labels:
        return Element(label, other.home)
    return found


def _kind(value: Value) -> str:
    """What may be compared with what; empty for what is no constant."""
    match value:
        case bool():
            return "yes or no"
        case int() | float():
            return "number"
        case str():
            return "text"
        case Bare():
            return "word"
        case Absent():
            return "none"
        case Element():
            return "member"
        case Recipe():
            return "recipe"
        case tuple():
            return "list"
        case _:
            return ""


def _plain(value: Value) -> object:
    return value.expr if isinstance(value, Recipe) else value


def _said(value: Value) -> str:
    return "a recipe" if isinstance(value, Recipe) else describe(value)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def connect(b: Builder, expr: tree.Binary | tree.Unary, where: Where) -> bool | Failed:
    """`a and b`, `a or b`, `not a`; both sides are looked at."""
    sides = [expr.value] if isinstance(expr, tree.Unary) else [expr.left, expr.right]
    found = [express.value(b, side, where) for side in sides]
    for side, value in zip(sides, found, strict=True):
        if isinstance(value, Failed):
            return FAILED
        if not isinstance(value, bool):
            b.report.add(NotYesOrNo(_said(value), side.span))
            return FAILED
    return not found[0] if expr.op == "not" else (all if expr.op == "and" else any)(found)


# --- functions -----------------------------------------------------------------------------------

_OF_ONE: Mapping[str, Callable[[Number], Number]] = {
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}
_OF_MANY: Mapping[str, Callable[[Sequence[Number]], Number]] = {"max": max, "min": min}
FUNCTIONS = frozenset({*_OF_ONE, *_OF_MANY})
"""Ops that are also functions of numbers: `sqrt(d)`, with `d` a param, is a number."""


def function(b: Builder, name: str, args: Sequence[tree.Arg], where: Where) -> Value:
    """A function of numbers, whose first argument is known to be one."""
    numbers: list[Number] = []
    for arg in args:
        if arg.name is not None or isinstance(arg.value, tree.Range):
            what = "a range" if arg.name is None else "an option"
            b.report.add(operators.NotANumber(what, arg.span))
            return FAILED
        found = _side(b, arg.value, where)
        if isinstance(found, bool) or not isinstance(found, int | float):
            if not isinstance(found, Failed):
                b.report.add(operators.NotANumber(describe(found), arg.span))
            return FAILED
        numbers.append(found)
    try:
        if name in _OF_MANY:
            return _OF_MANY[name](numbers)
        (number,) = numbers
        return _OF_ONE[name](number)
    except (ValueError, OverflowError):
        shown = ", ".join(f"{number:g}" for number in numbers)
        span = Span(args[0].span.file, args[0].span.start, args[-1].span.stop)
        b.report.add(operators.NotANumber(f"{shown}, of which there is no `{name}`", span))
        return FAILED
