"""`trace(n)`: what a name was after each iteration of a repeat, first to last."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.indexing import picks, rowwise
from mtlspec.graph.indexing.membership import NotAnIndex
from mtlspec.graph.naming.scope import Moment
from mtlspec.graph.node import Index, Node
from mtlspec.graph.values import FAILED, Failed, Members, Value
from mtlspec.source import Span
from mtlspec.syntax import tree


class NothingToTrace(Error):
    """`trace` looks back on a repeat that defined or moved a name.

    What it means: the argument is not a name, or no `repeat` above this statement knew it.

    Example:
        layer h = features -> mlp(8)
        stitch out = trace(h)

    Instead:
        stream h = features
        repeat 3 { layer h <- h -> mlp(8) }
        stitch out = trace(h)

    Why: its members are the values after each iteration, first to last.
    """

    id = "MTL0405"
    title = "`trace` looks back on a `repeat` that defined or moved a name"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "no `repeat` above knows it", primary=True)]


def trace(b: Builder, call: tree.Call, where: Where) -> Value:
    """The family of a name over the iterations of the last repeat that knew it."""
    expr = call.args[0].value if len(call.args) == 1 and call.args[0].name is None else None
    target, index = (expr.value, expr.index) if isinstance(expr, tree.Pick) else (expr, ())
    history = _history(target.name, where) if isinstance(target, tree.Name) else None
    if history is None or not isinstance(target, tree.Name):
        b.report.add(NothingToTrace(call.span))
        return FAILED
    found: dict[Index, Node] = {}
    for number, moment in enumerate(history, start=1):
        keys = _keys(b, target, moment, index, where, number)
        if isinstance(keys, Failed):
            return FAILED
        for key in keys:
            value = moment[key].get()
            if isinstance(value, Node):
                found[number, *key] = value
    return Members(f"trace({target.name})", found)


def is_trace(expr: tree.Expr, where: Where) -> bool:
    """Whether an expression is a call of `trace`, and not of what a spec calls so."""
    match expr:
        case tree.Call(callee=tree.Name(name="trace")):
            return where.scope.find("trace") is None
        case _:
            return False


def pick_iteration(b: Builder, found: Members, expr: tree.Pick, where: Where) -> Value:
    """`trace(h)[2]`: an iteration is the first index of its members."""
    made, keys = expr.value.span, tuple(found.members)
    kept = picks.pick(b, found.name, keys, made, expr.index, where, expr.span)
    if isinstance(kept, Failed):
        return FAILED
    values = {key: found.members[key] for key in kept.keys}
    if kept.by is not None:
        return rowwise.by_row(b, found.name, values, kept, expr.span, where)
    return values[kept.keys[0]] if kept.single else Members(found.name, values)


def _history(name: str, where: Where) -> list[Moment] | None:
    for scope in where.scope.chain():
        if scope.body is not None:
            history = scope.body.history(name, scope.position)
            if history is not None:
                return history
    return None


def _keys(
    b: Builder,
    target: tree.Name,
    moment: Moment,
    index: Sequence[tree.Index],
    where: Where,
    iteration: int,
) -> tuple[Index, ...] | Failed:
    if not index:
        return tuple(moment)
    span, name = target.span, target.name
    hint = f"iteration {iteration} has other members; a `stream {name}[…]` has all in each"
    picked = picks.pick(b, name, tuple(moment), span, index, where, span, hint=hint)
    if isinstance(picked, Failed):
        return FAILED
    if picked.by is not None:
        b.report.add(NotAnIndex("a column", index[picked.by[0]].span))
        return FAILED
    return picked.keys
