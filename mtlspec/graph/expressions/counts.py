"""`len`, `dim`, `outputs`: numbers that are known when a spec is read, of sets, values, tasks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.naming.scope import TaskName
from mtlspec.graph.node import Node, Statement
from mtlspec.graph.values import (
    FAILED,
    Bare,
    Element,
    Failed,
    IndexSet,
    Members,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Unknown


class NothingToCount(Error):
    """`len` counts the members of a set, a list or a family.

    What it means: the argument is none of these, or there is not exactly one.

    Example:
        param widths = [64, 32]
        repeat len(64) { … }

    Instead:
        repeat len(widths) { … }

    Why: a number or a value has no members.
    """

    id = "MTL0244"
    title = "`len` counts the members of a set, a list or a family"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]


class NoWidth(Error):
    """`dim` is the last axis of a value, or of the members of a family, which have one in common.

    What it means: the argument is no value of the model, has no axis, or is a family whose members
    have different widths.

    Example:
        layer h[task] = features -> linear(widths[task])
        layer g = features -> linear(dim(h))

    Instead:
        layer g = features -> linear(dim(h[click]))

    Why: it is used as a width, and that is one number.
    """

    id = "MTL0245"
    title = "`dim` is the last axis of a value"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]


class NoTask(Error):
    """`outputs` is how many numbers a task's head has.

    What it means: the argument is no task, or a task whose classes are those of the training rows.

    Example:
        layer z = features -> linear(outputs(features))

    Instead:
        layer z[task] = features -> linear(outputs(task))

    Why: how many numbers are predicted belongs to the kind of task.
    """

    id = "MTL0249"
    title = "`outputs` is how many numbers a task's head has"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]


def outputs(b: Builder, call: tree.Call, where: Where) -> Value:
    """`outputs(t)`: how many numbers the output layer of a task has."""
    expr = _argument(call)
    found = express.value(b, expr, where) if expr is not None else None
    if isinstance(found, Failed):
        return FAILED
    symbol = where.scope.find(str(found.label)) if isinstance(found, Element) else None
    if not isinstance(symbol, TaskName):
        what = "one task is needed" if found is None else f"this is {describe(found)}"
        b.report.add(NoTask(what, call.span if expr is None else expr.span))
        return FAILED
    task = symbol.task
    if task is None:
        return FAILED
    number = task.word.outputs(task.options)
    if number is None:
        assert expr is not None
        what = f"the data decide how many `{task.name}` has"
        if task.word.vectors > 1:
            what = f"`{task.name}` has no output layer"
        b.report.add(NoTask(what, expr.span))
        return FAILED
    return number


def length(b: Builder, call: tree.Call, where: Where) -> Value:
    """`len(S)`: how many members a set, a group, a list or a family has."""
    expr = _argument(call)
    if expr is None:
        b.report.add(NothingToCount("one set, list or family is needed", call.span))
        return FAILED
    match found := express.value(b, expr, where):
        case IndexSet():
            return len(found)
        case Element(group=IndexSet() as group):
            return len(group)
        case tuple():
            return len(found)
        case Members():
            return len(found.members)
        case Failed():
            return FAILED
        case Bare(name):
            return express.unknown_name(b, name, expr.span, where, role="declared")
        case _:
            b.report.add(NothingToCount(f"this is {describe(found)}", expr.span))
            return FAILED


def width(b: Builder, call: tree.Call, where: Where) -> Value:
    """`dim(x)`: the last axis of a value, or the one that a family's members have in common."""
    expr = _argument(call)
    if expr is None:
        b.report.add(NoWidth("one value is needed", call.span))
        return FAILED
    match found := _looked_at(b, expr, where):
        case Node():
            nodes = (found,)
        case Members():
            nodes = found.nodes()
        case Failed():
            return FAILED
        case Bare(name):
            return express.unknown_name(b, name, expr.span, where, role="declared")
        case _:
            b.report.add(NoWidth(f"this is {describe(found)}", expr.span))
            return FAILED
    return _common(b, nodes, expr.span)


def _common(b: Builder, nodes: Sequence[Node], span: Span) -> Value:
    widths: dict[int, None] = {}
    for node in nodes:
        if isinstance(node.type, Unknown):
            return FAILED
        if not node.type.shape:
            b.report.add(NoWidth(f"this is {describe(node)}, without an axis", span))
            return FAILED
        widths[node.type.width] = None
    if len(widths) == 1:
        return next(iter(widths))
    several = " and ".join(map(str, widths))
    what = f"its members have widths {several}" if widths else "this family is empty"
    b.report.add(NoWidth(what, span))
    return FAILED


def _looked_at(b: Builder, expr: tree.Expr, where: Where) -> Value:
    """An expression's worth; what is made for it alone is not kept."""
    statement = Statement("layer", "dim", (), False, (), expr.span)
    before = len(b.nodes)
    found = express.value(b, expr, Where(where.scope, Owner(statement, (), may_own=True)))
    made = list(islice(reversed(b.nodes), len(b.nodes) - before))
    for key in made:
        if _belongs(b.nodes[key].site.statement, statement):
            del b.nodes[key]
    b.statements[:] = [own for own in b.statements if not _belongs(own, statement)]
    return found


def _belongs(own: Statement, statement: Statement) -> bool:
    """Whether a statement is another, or of a component that was called in it."""
    return own is statement or any(call.statement is statement for call in own.callers())


def _argument(call: tree.Call) -> tree.Expr | None:
    """The one argument of a call, by place."""
    arg = call.args[0] if len(call.args) == 1 else None
    return None if arg is None or arg.name or isinstance(arg.value, tree.Range) else arg.value
