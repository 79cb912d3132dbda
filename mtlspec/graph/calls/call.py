"""Calls and flows: an op meets its values, and nodes are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls import families, owning, several, stored
from mtlspec.graph.calls.apply import refuse_value, surplus
from mtlspec.graph.calls.named import named_op, unknown_op
from mtlspec.graph.calls.order import in_order
from mtlspec.graph.components import arguments, called
from mtlspec.graph.expressions import columns, constants, counts, express, labels, weights
from mtlspec.graph.indexing import sets, traces
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.mixes import readers, scores
from mtlspec.graph.naming.scope import Sets
from mtlspec.graph.node import Node
from mtlspec.graph.values import (
    FAILED,
    Absent,
    Bare,
    Failed,
    Instance,
    Members,
    Recipe,
    Results,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Unknown
from mtlspec.words.ops import Op
from mtlspec.words.readers import Reader
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.calls.families import Given


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
    return pour(b, ((left, expr.left.span),), expr.right, where)


def _check_names(b: Builder, into: tree.Expr, where: Where) -> None:
    """Reports unknown ops of a flow whose left side failed, so that all is said in one run."""
    match into:
        case tree.Paren():
            _check_names(b, into.value, where)
        case tree.Flow():
            _check_names(b, into.left, where)
            _check_names(b, into.right, where)
        case tree.Call(callee=tree.Name(name=name)) | tree.Name(name=name):
            known = where.scope.find(name) or called.op_called(name)
            if known is None and name not in FUNCTIONS:
                unknown_op(b, name, into.span, where)
        case _:
            pass


def pour(b: Builder, given: tuple[Given, ...], into: tree.Expr, where: Where) -> Value:
    """What becomes of values that flow into a recipe; its first op takes all of them."""
    match into:
        case tree.Paren():
            return pour(b, given, into.value, where)
        case tree.Flow():
            first = pour(b, given, into.left, where)
            if isinstance(first, Failed):
                return FAILED
            if not isinstance(first, Node | Members):
                first = express.single(b, first, into.left, where)
            return pour(b, ((first, into.left.span),), into.right, where)
        case tree.Call():
            return _apply_call(b, into, where, given)
        case _:
            return _pour_into(b, given, express.value(b, into, where), into, where)


def _pour_into(
    b: Builder, given: tuple[Given, ...], target: Value, into: tree.Expr, where: Where
) -> Value:
    """Values flow into what a name stands for: a recipe, or a block."""
    match target:
        case Failed() | Node(type=Unknown()):
            return FAILED
        case Instance():
            return _use(b, given, target, into.span, where)
        case Recipe(expr=tree.Name() | tree.MemberOf() as expr):
            component = called.named(expr, target.scope)
            if component is not None:
                seeing = where.seeing(target.scope)
                return arguments.call_component(b, component, expr, given, seeing)
            assert isinstance(expr, tree.Name)
            op = called.op_called(expr.name)
            assert op is not None
            return _with_options(b, op, (), given, into.span, where)
        case Recipe():
            return pour(b, given, target.expr, where.seeing(target.scope))
        case Bare(name):
            return unknown_op(b, name, into.span, where)
        case _:
            b.report.add(_not_a_recipe(target, into.span))
            return FAILED


def _use(b: Builder, given: tuple[Given, ...], block: Instance, span: Span, where: Where) -> Value:
    """Values flow into a block: its recipe is written out anew, with weights that are its own."""
    if where.owner is None:
        b.report.add(NoStatement(span))
        return FAILED
    recipe, owner = block.recipe, where.owner.using(block.loan)
    values = [node for value, _ in given for node in families.nodes_of(value)]
    if any(isinstance(node.type, Unknown) for node in values):
        return FAILED
    with block.loan.used(span, values):
        return _pour_into(b, given, recipe, recipe.expr, Where(recipe.scope, owner))


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
    hides: bool = False
    """Whether the name is a word of the language too, which the spec's own name hides."""

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]

    def help(self) -> str:
        if self.hides:
            return f"this name hides the word `{self.span.text}`: give what it names another one"
        if not self.what.startswith("a value"):
            return ""
        return "to run several values through the same weights, make a `block` of them"


FUNCTIONS: Mapping[str, Callable[[Builder, tree.Call, Where], Value]] = {
    "dim": counts.width,
    "error": labels.error,
    "label": labels.label,
    "len": counts.length,
    "outputs": counts.outputs,
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
    if not in_order(b, expr.args):
        return FAILED
    if isinstance(symbol, Sets):
        members = symbol.value.get()
        return FAILED if isinstance(members, Failed) else sets.group_of(b, members, expr, where)
    component = called.named(expr.callee, where.scope)
    if component is not None:
        return arguments.call_component(b, component, expr, (), where)
    held = _held(b, expr, where)
    if held is not None:
        return _call_held(b, held, expr, (), where)
    op = named_op(b, expr, where)
    if op is None:
        return FAILED
    args, named = _by_name(op, expr.args)
    given = _values(b, op, args, where)
    if isinstance(given, Failed):
        return FAILED
    if not given and op.name in constants.FUNCTIONS and expr.args:
        return constants.function(b, op.name, expr.args, where)
    if not given:
        return Recipe(expr, where.scope)
    more = _named_values(b, named, where)
    if isinstance(more, Failed):
        return FAILED
    options = _options(op, args, len(given))
    return _with_options(b, op, options, (*given, *more), expr.span, where)


def _by_name(op: Op, args: Sequence[tree.Arg]) -> tuple[tuple[tree.Arg, ...], tuple[tree.Arg, ...]]:
    """The arguments without the values that are given by name, and these."""
    named = [arg for arg in args if arg.name is not None and arg.name.name in op.value_names]
    return tuple(arg for arg in args if arg not in named), tuple(named)


def _named_values(
    b: Builder, named: Sequence[tree.Arg], where: Where
) -> tuple[Given, ...] | Failed:
    """Values that are given by name, in order."""
    given: list[Given] = []
    for arg in named:
        if where.owner is None:
            b.report.add(NoStatement(arg.span))
            return FAILED
        if isinstance(arg.value, tree.Range):
            b.report.add(express.ValueNeeded("a range", arg.value.span))
            return FAILED
        found = express.value(b, arg.value, where)
        if isinstance(found, Failed):
            return FAILED
        given.append((express.single(b, found, arg.value, where), arg.span))
    return tuple(given)


def _options(op: Op, args: Sequence[tree.Arg], values: int) -> tuple[tree.Arg, ...]:
    """The arguments before and behind the values."""
    return (*args[: op.leading], *args[op.leading + values :])


def _held(b: Builder, expr: tree.Call, where: Where) -> Value | None:
    """What a callee stands for, where it is no word: a block, or a recipe that a name holds."""
    callee = expr.callee
    if isinstance(callee, tree.Name) and where.scope.find(callee.name) is None:
        return None
    return express.value(b, callee, where)


def _call_held(
    b: Builder, held: Value, expr: tree.Call, flowing: tuple[Given, ...], where: Where
) -> Value:
    """`b(x, y)`: the values of the call flow into a block or a recipe, which takes no options."""
    given = _values(b, None, expr.args, where)
    if isinstance(held, Failed) or isinstance(given, Failed):
        return FAILED
    stray = expr.args[len(given) :]
    if isinstance(held, Instance | Recipe) and stray:
        b.report.add(OptionsOfHeld(expr.callee.span.text, stray[0].span))
        return FAILED
    given = (*flowing, *given)
    if not given and isinstance(held, Recipe | Instance):
        return held
    if not given:
        b.report.add(_not_a_recipe(held, expr.callee.span))
        return FAILED
    return _pour_into(b, given, held, expr.callee, where)


def _not_a_recipe(target: Value, span: Span) -> NotARecipe:
    word = span.text in FUNCTIONS or called.op_called(span.text) is not None
    return NotARecipe(describe(target), span, hides=word)


class OptionsOfHeld(Error):
    """What a name holds takes values, and no options.

    What it means: a block, or a recipe that a param holds, is called with an option.

    Example:
        param tower = mlp(32)
        layer h = tower(features, act: gelu)

    Instead:
        param tower = mlp(32, act: gelu)
        layer h = tower(features)

    Why: its options were said where it was written; only values are still to come.
    """

    id = "MTL0532"
    title = "a block or a named recipe takes values, and no options"
    name: str
    span: Span

    def headline(self) -> str:
        return f"`{self.name}` takes values, and no options"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "this is no value", primary=True)]


def _values(
    b: Builder, op: Op | None, args: Sequence[tree.Arg], where: Where
) -> tuple[Given, ...] | Failed:
    """The values that a call begins with, each computed once; what follows are options.

    `op` is None for what takes no options.
    """
    given: list[Given] = []
    for arg in args[op.leading if op else 0 :]:
        if arg.name is not None or isinstance(arg.value, tree.Range):
            break
        found = express.value(b, arg.value, where)
        if isinstance(found, Failed):
            return FAILED
        if isinstance(found, Absent):
            found = Members("none", {})
        if isinstance(found, Bare) and _is_misspelt(op, found.name, where):
            return express.unknown_name(b, found.name, arg.span, where, role="a value")
        if isinstance(found, Results):
            return express.no_value(b, found, arg.value, where)
        if not isinstance(found, Node | Members):
            break
        given.append((found, arg.span))
    return tuple(given)


def _is_misspelt(op: Op | None, name: str, where: Where) -> bool:
    """Whether a word among values is no choice of an option, but nearly the name of a value."""
    if op is None or op.joins:
        return True
    fields = type(op).takes_options.model_fields
    if any(get_args(fields[option].annotation) for option in op.takes_options.by_place):
        return False
    return closest(name, express.known_names(where, "a value")) is not None


def _apply_call(b: Builder, expr: tree.Call, where: Where, values: tuple[Given, ...]) -> Value:
    if not in_order(b, expr.args):
        return FAILED
    component = called.named(expr.callee, where.scope)
    if component is not None:
        return arguments.call_component(b, component, expr, values, where)
    held = _held(b, expr, where)
    if held is not None:
        return _call_held(b, held, expr, values, where)
    op = named_op(b, expr, where)
    if op is None:
        return FAILED
    args, named = _by_name(op, expr.args)
    more = _values(b, op, args, where)
    others = _named_values(b, named, where)
    if isinstance(more, Failed) or isinstance(others, Failed):
        return FAILED
    options = _options(op, args, len(more))
    return _with_options(b, op, options, (*values, *more, *others), expr.span, where)


def _with_options(
    b: Builder,
    op: Op,
    args: Sequence[tree.Arg],
    given: tuple[Given, ...],
    span: Span,
    where: Where,
) -> Node | Members | Results | Failed:
    places = [place for value, place in given if families.nodes_of(value)]
    if (too_many := surplus(op, places)) is not None:
        return refuse_value(b, op, too_many, [], places, span)
    read = owning.read_op_options(b, op, args, where, span)
    if read is None:
        return FAILED
    options, where, owner = read[0], replace(where, owning=read[1]), where.owner
    if owner is None or read[1].load is None:
        return _apply(b, Bound(op, options), given, span, where)
    load, first = owning.place_of_load(args, span), owner.owning
    with stored.loaded(b.files, b.report, read[1].load, load, first=first) as owner.loads:
        made = _apply(b, Bound(op, options), given, span, where)
    owner.loads = ()
    return made


def _apply(
    b: Builder, op: Bound, given: tuple[Given, ...], span: Span, where: Where
) -> Node | Members | Results | Failed:
    assert isinstance(op.word, Op)
    if op.word.several:
        return several.apply_several(b, op, given, span, where)
    if op.word.reads_columns:
        return columns.embed(b, op, given, span, where)
    if isinstance(op.word, Reader):
        return readers.read(b, op.word, given, span, where)
    return families.apply_to(b, op, given, span, where)
