"""Calls and flows: an op meets its values, and nodes are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph import (
    columns,
    components,
    constants,
    counts,
    express,
    families,
    labels,
    readers,
    scores,
    sets,
    traces,
    weights,
)
from mtlspec.graph.arguments import call_component
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.names import NotBuilt, UnknownName
from mtlspec.graph.node import Node
from mtlspec.graph.options import read_options
from mtlspec.graph.scope import ComponentName, Sets
from mtlspec.graph.values import (
    FAILED,
    Absent,
    Bare,
    Failed,
    Members,
    Recipe,
    Results,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.later import is_later
from mtlspec.words.ops import Op
from mtlspec.words.readers import Reader
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.families import Given


def flow(b: Builder, expr: tree.Flow, where: Where) -> Value:
    """`left -> right`: the value of the left side becomes the first argument of the right."""
    left = express.value(b, expr.left, where)
    if isinstance(left, Failed):
        _check_names(b, expr.right, where)
        return FAILED
    if isinstance(left, Recipe):
        return Recipe(expr, where.scope)
    if not isinstance(left, Node | Members):
        if where.owner is None:
            return express.no_value(b, left, expr.left, where)
        left = express.single(b, left, expr.left, where)
    return pour(b, left, expr.left.span, expr.right, where)


def _check_names(b: Builder, into: tree.Expr, where: Where) -> None:
    """Reports unknown ops of a flow whose left side failed, so that all is said in one run."""
    match into:
        case tree.Paren():
            _check_names(b, into.value, where)
        case tree.Flow():
            _check_names(b, into.left, where)
            _check_names(b, into.right, where)
        case tree.Call(callee=tree.Name(name=name)) | tree.Name(name=name):
            known = where.scope.find(name) or registry.find("ops", name)
            if known is None and name not in FUNCTIONS:
                _unknown_op(b, name, into.span, where)
        case _:
            pass


def pour(b: Builder, value: Node | Members, span: Span, into: tree.Expr, where: Where) -> Value:
    """What becomes of a value that flows into a recipe."""
    match into:
        case tree.Paren():
            return pour(b, value, span, into.value, where)
        case tree.Flow():
            first = pour(b, value, span, into.left, where)
            if isinstance(first, Failed):
                return FAILED
            if not isinstance(first, Node | Members):
                first = express.single(b, first, into.left, where)
            return pour(b, first, span, into.right, where)
        case tree.Call():
            return _apply_call(b, into, where, ((value, span),))
        case _:
            return _pour_named(b, value, span, into, where)


def _pour_named(
    b: Builder, value: Node | Members, span: Span, into: tree.Expr, where: Where
) -> Value:
    match target := express.value(b, into, where):
        case Failed():
            return FAILED
        case Recipe() if isinstance(target.expr, tree.Name):
            component = components.named(target.expr, target.scope)
            if component is not None:
                seeing = where.seeing(target.scope)
                return call_component(b, component, target.expr, ((value, span),), seeing)
            op = cast("Op", registry.find("ops", target.expr.name))
            return _with_options(b, op, (), ((value, span),), into.span, where)
        case Recipe():
            return pour(b, value, span, target.expr, where.seeing(target.scope))
        case Bare(name):
            return _unknown_op(b, name, into.span, where)
        case _:
            b.report.add(NotARecipe(describe(target), into.span))
            return FAILED


@dataclass(frozen=True)
class NotARecipe(Error):
    """A value flows into an op or a recipe.

    What it means: what stands right of `->` is not something that a value can flow into.

    Example:
        layer h = features -> 64

    Instead:
        layer h = features -> linear(64)

    Why: `->` gives the value on its left to the op on its right, as its first argument.
    """

    id = "MTL0303"
    title = "a value flows into an op or a recipe"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]


FUNCTIONS: Mapping[str, Callable[[Builder, tree.Call, Where], Value]] = {
    "dim": counts.width,
    "error": labels.error,
    "label": labels.label,
    "len": counts.length,
    "scores": scores.refuse,
    "trace": traces.trace,
    "values": sets.values_of,
    "weights": weights.weights,
}
"""What looks like an op but is worked out while the graph is built."""


def call(b: Builder, expr: tree.Call, where: Where) -> Value:
    """`op(values, options)`; without values it is a recipe."""
    name = expr.callee.name if isinstance(expr.callee, tree.Name) else ""
    symbol = where.scope.find(name)
    if name in FUNCTIONS and symbol is None:
        return FUNCTIONS[name](b, expr, where)
    if isinstance(symbol, Sets):
        members = symbol.value.get()
        return FAILED if isinstance(members, Failed) else sets.group_of(b, members, expr, where)
    component = components.named(expr.callee, where.scope)
    if component is not None:
        return call_component(b, component, expr, (), where)
    op = _op(b, expr, where)
    if op is None:
        return FAILED
    given = _values(b, op, expr.args, where)
    if isinstance(given, Failed):
        return FAILED
    if not given and op.name in constants.FUNCTIONS and expr.args:
        return constants.function(b, op.name, expr.args, where)
    if not given:
        return Recipe(expr, where.scope)
    options = _options(op, expr.args, len(given))
    return _with_options(b, op, options, given, expr.span, where)


def _options(op: Op, args: Sequence[tree.Arg], values: int) -> tuple[tree.Arg, ...]:
    """The arguments before and behind the values."""
    return (*args[: op.leading], *args[op.leading + values :])


def _values(
    b: Builder, op: Op, args: Sequence[tree.Arg], where: Where
) -> tuple[Given, ...] | Failed:
    """The values that a call begins with, each computed once; what follows are options."""
    given: list[Given] = []
    for arg in args[op.leading :]:
        if arg.name is not None or isinstance(arg.value, tree.Range):
            break
        found = express.value(b, arg.value, where)
        if isinstance(found, Failed):
            return FAILED
        if isinstance(found, Absent):
            found = Members("none", {})
        if isinstance(found, Bare) and (op.joins or _is_misspelt(op, found.name, where)):
            return express.unknown_name(b, found.name, arg.span, where, role="a value")
        if isinstance(found, Results):
            return express.no_value(b, found, arg.value, where)
        if not isinstance(found, Node | Members):
            break
        given.append((found, arg.span))
    return tuple(given)


def _is_misspelt(op: Op, name: str, where: Where) -> bool:
    """Whether a word among values is no choice of an option, but nearly the name of a value."""
    fields = type(op).takes_options.model_fields
    if any(get_args(fields[option].annotation) for option in op.takes_options.by_place):
        return False
    return closest(name, express.known_names(where, "a value")) is not None


def _op(b: Builder, expr: tree.Call, where: Where) -> Op | None:
    if not isinstance(expr.callee, tree.Name) or where.scope.find(expr.callee.name) is not None:
        b.report.add(NotBuilt("a call of anything but an op", expr.span))
        return None
    op = registry.find("ops", expr.callee.name) or registry.find("losses", expr.callee.name)
    if op is None:
        _unknown_op(b, expr.callee.name, expr.callee.span, where)
    return cast("Op | None", op)


def _unknown_op(b: Builder, name: str, span: Span, where: Where) -> Failed:
    if b.blind:
        return FAILED
    if is_later("ops", name):
        b.report.add(NotBuilt(f"`{name}`", span))
        return FAILED
    other = registry.meant("ops", name) or ""
    known = (*_recipes(where), *registry.names("ops"))
    error = UnknownName(name, span, "an op", known, other=other)
    b.report.add(components.unseen(error, where.scope))
    return FAILED


def _recipes(where: Where) -> tuple[str, ...]:
    """The components that can be seen."""
    visible = where.scope.visible().items()
    return tuple(name for name, symbol in visible if isinstance(symbol, ComponentName))


def _apply_call(b: Builder, expr: tree.Call, where: Where, values: tuple[Given, ...]) -> Value:
    component = components.named(expr.callee, where.scope)
    if component is not None:
        return call_component(b, component, expr, values, where)
    op = _op(b, expr, where)
    more = _values(b, op, expr.args, where) if op else FAILED
    if op is None or isinstance(more, Failed):
        return FAILED
    options = _options(op, expr.args, len(more))
    return _with_options(b, op, options, (*values, *more), expr.span, where)


def _with_options(
    b: Builder,
    op: Op,
    args: Sequence[tree.Arg],
    given: tuple[Given, ...],
    span: Span,
    where: Where,
) -> Node | Members | Failed:
    options = read_options(b, op, args, where, span)
    if options is None:
        return FAILED
    if op.reads_columns:
        return columns.embed(b, Bound(op, options), given, span, where)
    if isinstance(op, Reader) and len(given) == 1:
        return readers.read(b, op, *given[0], span, where)
    return families.apply_to(b, Bound(op, options), given, span, where)
