"""Calls and flows: an op meets its values, and nodes are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph import (
    columns,
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
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.families import Given
from mtlspec.graph.names import NotBuilt, UnknownName
from mtlspec.graph.node import Node
from mtlspec.graph.options import read_options
from mtlspec.graph.scope import Sets
from mtlspec.graph.values import FAILED, Absent, Bare, Failed, Members, Recipe, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Mismatch, Tensor
from mtlspec.words import registry
from mtlspec.words.initialisers import Parameter
from mtlspec.words.later import is_later
from mtlspec.words.ops import Composed, Op
from mtlspec.words.readers import Reader
from mtlspec.words.word import Bound


@dataclass(frozen=True)
class ValueDoesNotFit(Error):
    """An op takes values of certain types.

    What it means: the types of the values do not agree with the op's signature, or with each
    other.

    Example:
        layer a = features -> mlp(64)
        layer b = features -> mlp(32)
        let   c = sum(a, b)

    Instead:
        layer b = features -> mlp(64)

    Why: the widths of what is added or averaged have to agree; `concat` joins unlike ones.
    """

    id = "MTL0302"
    title = "an op takes values of the types of its signature"
    op: str
    signature: str
    span: Span
    found_type: str
    expected_type: str
    first: Span | None = None
    """The first of several values, where another one does not fit it."""

    def headline(self) -> str:
        return f"`{self.op}` does not take this value"

    def labels(self) -> Sequence[Label]:
        text = f"{self.found_type}, where {self.expected_type} is expected"
        marks = [Label(self.span, text, primary=True)]
        return [*marks, Label(self.first, "the first value")] if self.first else marks

    def notes(self) -> Sequence[str]:
        return [f"`{self.op}` is {self.signature}"]


@dataclass(frozen=True)
class WeightsInLet(Error):
    """A `let` owns no weights.

    What it means: an op that learns something stands in a statement that may own nothing.

    Example:
        let h = features -> mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: whoever reads a spec finds everything that is learned behind `layer`, `expert`, `gate`,
    `head` and their like.
    """

    id = "MTL0502"
    title = "`let` and `stream` own no weights"
    keyword: str
    op: str
    span: Span
    statement: Span

    def headline(self) -> str:
        return f"`{self.op}` owns weights, and `{self.keyword}` may not"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "weights would be made here", primary=True),
            Label(self.statement, f"in this `{self.keyword}`"),
        ]

    def help(self) -> str:
        if self.keyword == "let":
            return "write `layer` instead of `let`"
        return "make it in a `layer` and let the stream begin with that"


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
                _unknown_op(b, name, into.span)
        case _:
            pass


def pour(
    b: Builder, value: Node | Members, span: Span, into: tree.Expr, where: Where
) -> Node | Members | Failed:
    """What becomes of a value that flows into a recipe."""
    match into:
        case tree.Paren():
            return pour(b, value, span, into.value, where)
        case tree.Flow():
            first = pour(b, value, span, into.left, where)
            if isinstance(first, Failed):
                return FAILED
            return pour(b, first, span, into.right, where)
        case tree.Call():
            return _apply_call(b, into, where, ((value, span),))
        case _:
            return _pour_named(b, value, span, into, where)


def _pour_named(
    b: Builder, value: Node | Members, span: Span, into: tree.Expr, where: Where
) -> Node | Members | Failed:
    match target := express.value(b, into, where):
        case Failed():
            return FAILED
        case Recipe() if isinstance(target.expr, tree.Name):
            op = cast("Op", registry.find("ops", target.expr.name))
            return _with_options(b, op, (), ((value, span),), into.span, where)
        case Recipe():
            return pour(b, value, span, target.expr, where.seeing(target.scope))
        case Bare(name):
            return _unknown_op(b, name, into.span)
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
        _unknown_op(b, expr.callee.name, expr.callee.span)
    return cast("Op | None", op)


def _unknown_op(b: Builder, name: str, span: Span) -> Failed:
    if is_later("ops", name):
        b.report.add(NotBuilt(f"`{name}`", span))
        return FAILED
    other = registry.meant("ops", name) or ""
    b.report.add(UnknownName(name, span, "an op", registry.names("ops"), other=other))
    return FAILED


def _apply_call(
    b: Builder, expr: tree.Call, where: Where, values: tuple[Given, ...]
) -> Node | Members | Failed:
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


def apply(
    b: Builder,
    op: Bound,
    inputs: Sequence[Node],
    places: Sequence[Span],
    span: Span,
    where: Where,
) -> Node | Failed:
    """The node of an op applied to values; several nodes for an op that is short for others."""
    assert isinstance(op.word, Op)
    assert where.owner is not None
    types = [node.type for node in inputs if isinstance(node.type, Tensor)]
    if len(types) < len(inputs):
        return FAILED
    if isinstance(op.word, Composed):
        return _compose(b, op, inputs, places, span, where)
    word, options = op.word, op.word.settle(op.options, types)
    result = word.infer(options, types)
    if isinstance(result, Mismatch):
        return _refuse_value(b, word, result, places, span)
    if word.keeps_meaning:
        result = replace(result, meaning=types[0].meaning)
    parameters = word.parameters(options, types)
    if (parameters or word.remembers) and not where.owner.may_own:
        statement = where.owner.statement
        b.report.add(WeightsInLet(statement.keyword, word.name, span, statement.span))
        return FAILED
    masks = columns.masks(b, types) if word.masked(options) else ()
    values = (*inputs, *masks)
    return b.apply(Bound(word, options), result, values, where.owner, span, parameters=parameters)


def _refuse_value(
    b: Builder, op: Op, found: Mismatch, places: Sequence[Span], span: Span
) -> Failed:
    given = 0 <= found.argument < len(places)
    place = places[found.argument] if given else span
    first = places[0] if given and places[0] != place else None
    name = op.sign or op.name
    alike = found.found == found.expected
    expected = f"{found.expected} of lists with one `max:`" if alike else found.expected
    b.report.add(ValueDoesNotFit(name, op.signature, place, found.found, expected, first))
    return FAILED


class _Refused(Exception):
    """A part of a composed op was refused, which has been reported."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Makes the parts of a composed op, each a node of its own."""

    b: Builder
    span: Span
    where: Where

    def apply(self, op: Bound, *values: Node) -> Node:
        places = [self.span] * len(values)
        made = apply(self.b, op, values, places, self.span, self.where)
        if isinstance(made, Failed):
            raise _Refused
        return made

    def learn(self, parameter: Parameter) -> Node:
        assert self.where.owner is not None
        return self.b.learn(parameter, self.where.owner, self.span)


def _compose(
    b: Builder,
    op: Bound,
    inputs: Sequence[Node],
    places: Sequence[Span],
    span: Span,
    where: Where,
) -> Node | Failed:
    """What the parts of an op make of values; a value that does not fit is told of the whole."""
    assert isinstance(op.word, Composed)
    assert where.owner is not None
    types = [node.type for node in inputs if isinstance(node.type, Tensor)]
    found = op.word.takes.unify(types, op.word.letters(op.options))
    if isinstance(found, Mismatch):
        return _refuse_value(b, op.word, found, places, span)
    if op.word.owns and not where.owner.may_own:
        statement = where.owner.statement
        b.report.add(WeightsInLet(statement.keyword, op.word.name, span, statement.span))
        return FAILED
    try:
        return op.word.compose(op.options, types, inputs, _Parts(b, span, where))
    except _Refused:
        return FAILED


def linear_layer(
    b: Builder,
    op: Bound,
    source: Node,
    inner: str,
    span: Span,
    where: Where,
    change: Callable[[Parameter], Parameter] = lambda parameter: parameter,
) -> Node:
    """A linear layer whose weights have a name of their own: `gate`, `out`."""
    assert isinstance(op.word, Op)
    assert isinstance(source.type, Tensor)
    assert where.owner is not None
    kind = op.word.infer(op.options, [source.type])
    assert isinstance(kind, Tensor)
    parameters = tuple(map(change, op.word.parameters(op.options, [source.type])))
    return b.apply(op, kind, (source,), where.owner, span, parameters=parameters, inner=inner)
