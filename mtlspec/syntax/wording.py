"""Expressions as canonical text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from mtlspec.syntax import tree as t
from mtlspec.syntax.layout import Pieces, bracketed, deeper, glue, listed, text

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEVER_PLAIN = frozenset({"and", "or", "not", "yes", "no", "none"})

_FLOW, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POSTFIX, _ATOM = range(10)
_LEVELS = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}
"""How tightly a binary sign binds; those that are not listed compare."""


def quote(value: str) -> str:
    """A text in quotes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def key(ident: t.Ident) -> str:
    """A name before a `:`; in quotes where it is no plain name."""
    plain = _PLAIN.fullmatch(ident.name) and ident.name not in _NEVER_PLAIN
    return ident.name if plain else quote(ident.name)


def expr(node: t.Expr, least: int = _FLOW) -> Pieces:
    """An expression, in parentheses where it binds less tightly than `least`."""
    found = _expr(node)
    return found if _level(node) >= least else glue(text("("), deeper(found), text(")"))


def exprs(nodes: Iterable[t.Expr]) -> Pieces:
    """Expressions with commas between them."""
    return listed(expr(node) for node in nodes)


def value(node: t.Expr | t.Range) -> Pieces:
    """An expression or a range."""
    return range_(node) if isinstance(node, t.Range) else expr(node)


def range_(node: t.Range) -> Pieces:
    """`a..b`, open at either end."""
    start = text("") if node.start is None else expr(node.start, _SUM)
    stop = text("") if node.stop is None else expr(node.stop, _SUM)
    return glue(start, text(".."), stop)


def args(nodes: Iterable[t.Arg]) -> Pieces:
    """Arguments in their parentheses."""
    return bracketed("(", map(_arg, nodes), ")")


def index(nodes: Iterable[t.Index]) -> Pieces:
    """An index in its brackets."""
    return bracketed("[", map(_place, nodes), "]")


def target(node: t.Target) -> Pieces:
    """A name with its index, left of a sign."""
    name = text(node.name.name)
    return name if node.index is None else glue(name, index(node.index))


def set_value(node: t.Expr | t.Range | t.Braces) -> Pieces:
    """What a set is, or what a bound name runs over."""
    return _braces(node) if isinstance(node, t.Braces) else value(node)


def domain(node: t.Range | t.Choices | t.Expr) -> Pieces:
    """What stands behind the `in` of a param."""
    if isinstance(node, t.Range):
        return range_(node)
    if isinstance(node, t.Choices):
        return bracketed("{", map(expr, node.items), "}")
    return expr(node, _POSTFIX)


def _arg(node: t.Arg) -> Pieces:
    found = value(node.value)
    return found if node.name is None else glue(text(f"{key(node.name)}: "), found)


def _place(node: t.Index) -> Pieces:
    if isinstance(node, t.Bind):
        return glue(text(f"{node.name.name} in "), set_value(node.over))
    if isinstance(node, t.Every):
        return text("*")
    if isinstance(node, t.Others):
        return glue(text("!"), expr(node.value, _POSTFIX))
    return value(node)


def _braces(node: t.Braces) -> Pieces:
    return bracketed("{", map(_member, node.members), "}")


def _member(node: t.BraceMember) -> Pieces:
    name = expr(node.key)
    return name if node.group is None else glue(name, text(": "), _braces(node.group))


def _level(node: t.Expr) -> int:
    if isinstance(node, t.Flow):
        return _FLOW
    if isinstance(node, t.Binary):
        return _LEVELS.get(node.op, _COMPARISON)
    if isinstance(node, t.Unary):
        return _NOT if node.op == "not" else _SIGN
    return _POSTFIX if isinstance(node, t.Pick | t.Call | t.MemberOf) else _ATOM


def _expr(node: t.Expr) -> Pieces:
    match node:
        case t.Flow():
            return expr(node.left) + glue(text("-> "), expr(node.right, _OR))
        case t.Binary():
            return _binary(node)
        case t.Unary():
            sign = "not " if node.op == "not" else "-"
            return glue(text(sign), expr(node.value, _level(node)))
        case t.Pick():
            return glue(expr(node.value, _POSTFIX), index(node.index))
        case t.Call():
            return glue(expr(node.callee, _POSTFIX), args(node.args))
        case t.MemberOf():
            return glue(expr(node.value, _POSTFIX), text(f".{node.name.name}"))
        case t.Paren():
            return bracketed("(", [expr(node.value)], ")")
        case t.Array():
            return bracketed("[", map(expr, node.items), "]")
        case _:
            return text(_atom(node))


def _binary(node: t.Binary) -> Pieces:
    level = _level(node)
    left = level + 1 if level == _COMPARISON else level
    right = glue(text(f"{node.op} "), expr(node.right, level + 1))
    return expr(node.left, left) + deeper(right)


def _atom(
    node: t.Name
    | t.FeaturesValue
    | t.HeadValue
    | t.Int
    | t.Float
    | t.String
    | t.Bool
    | t.NoneValue,
) -> str:
    match node:
        case t.Name():
            return node.name
        case t.FeaturesValue():
            return "features"
        case t.HeadValue():
            return "head"
        case t.Int() | t.Float():
            return node.text
        case t.String():
            return quote(node.value)
        case t.Bool():
            return "yes" if node.value else "no"
        case t.NoneValue():
            return "none"
        case _:
            assert_never(node)
