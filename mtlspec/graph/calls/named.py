"""Ops by name: which one a call means, and what is said of a name that is none."""

from __future__ import annotations

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.components import called
from mtlspec.graph.naming.names import NotBuilt, UnknownName
from mtlspec.graph.naming.scope import ComponentName
from mtlspec.graph.naming.unknown import used_elsewhere
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.later import is_later
from mtlspec.words.ops import Op

_CONSTANTS = tree.Int | tree.Float | tree.Bool | tree.String


def named_op(b: Builder, expr: tree.Call, where: Where) -> Op | None:
    """The op, or the loss, that a call names; None where there is none, which is reported."""
    assert isinstance(expr.callee, tree.Name)
    op = called.op_called(expr.callee.name)
    if op is None:
        constant = all(isinstance(arg.value, _CONSTANTS) for arg in expr.args)
        written = expr.span.text if constant else ""
        unknown_op(b, expr.callee.name, expr.callee.span, where, written)
    return op


def unknown_op(b: Builder, name: str, span: Span, where: Where, written: str = "") -> Failed:
    """Reports that no op goes by a name; `written` is the call, where its arguments are options."""
    if b.blind:
        return FAILED
    if is_later("ops", name):
        b.report.add(NotBuilt(f"`{name}`", span))
        return FAILED
    other = registry.called("ops", name) or ""
    hint = "" if other else used_elsewhere("ops", name, written)
    known = (*_recipes(where), *registry.names("ops"))
    error = UnknownName(name, span, "an op", known, other=other, hint=hint)
    b.report.add(called.unseen(error, where.scope))
    return FAILED


def _recipes(where: Where) -> tuple[str, ...]:
    """The components that can be seen."""
    visible = where.scope.visible().items()
    return tuple(name for name, symbol in visible if isinstance(symbol, ComponentName))
