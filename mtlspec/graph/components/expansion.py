"""Expansion: a component, its arguments and who calls become a body of ordinary statements.

On entry arguments are values and constants of the caller. On exit every statement of the component
has its nodes, with names that begin with the call's, and the results are values of the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import CALLERS, Builder, Host, Owner, Where
from mtlspec.graph.calls.stored import loaded
from mtlspec.graph.expressions import express
from mtlspec.graph.naming.scope import ComponentName, Scope, Symbol
from mtlspec.graph.node import Caller, Node, Statement
from mtlspec.graph.values import FAILED, Absent, Failed, Members, Results
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.owning import OwnerOptions

if TYPE_CHECKING:
    from mtlspec.graph.bodies.body import Body

DEEPEST = 100
"""A component inside a component inside a component, as often as this, is a slip of the pen."""


class ComponentInItself(Error):
    """A component does not call itself.

    What it means: the component stands inside its own expansion, by itself or through others.

    Example:
        component deep(x) {
            layer y = deep(x)
            return y
        }

    Instead:
        component deep(x, levels = 3) {
            stream y = x
            repeat levels { layer y <- y -> mlp(64) }
            return y
        }

    Why: a call is written out where it stands, so this one would never end. A `repeat` has a
    number of levels.
    """

    id = "MTL0226"
    title = "a component does not call itself"
    name: str
    span: Span

    def headline(self) -> str:
        return f"`{self.name}` calls itself"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"inside of `{self.name}`", primary=True)]

    def help(self) -> str:
        return "levels are made by a `repeat`"


Returned = Node | Members | Absent


def expand(
    b: Builder,
    component: ComponentName,
    names: Mapping[str, Symbol],
    owner: Owner,
    span: Span,
    scope: Scope,
    learned: OwnerOptions,
    load: Span,
) -> Returned | Results | Failed:
    """What a call returns. `names` are the parameters with their arguments.

    `owner` is the member that calls, and `scope` where the call is written; `learned` says how all
    weights are learned that the call owns, and `load` is where it names their file.
    """
    from mtlspec.graph.bodies.body import Body  # bodies hold expressions: here the circle is closed

    if _is_inside(component, scope) or _depth(owner) > DEEPEST:
        b.report.add(ComponentInItself(component.name, span))
        return FAILED
    asking, lent = owner.of or owner, owner.next_call() if owner.of else None
    number, depth = asking.next_call(), len(owner.whole_index)
    results = _count(component)
    caller = Caller(owner.statement, number, depth, component.name, span, lent, results)
    may_own = owner.may_own and (lent is not None or owner.statement.keyword in CALLERS)
    learned = learned.within(owner.learned)
    index, loan, outside = owner.whole_index, owner.loan, owner.host.loads if owner.host else ()
    with loaded(b.files, b.report, learned.load, load, caller=caller) as own:
        loads = (*own, *outside)
        host = Host(caller, index, may_own, component, scope, loan, learned, loads)
        inner = b.within(caller)
        statements = component.component.body
        outer = Scope(Scope(None, dict(component.sees)), dict(names))
        path = (*owner.statement.order, asking.calls)
        made = Body(inner, outer, (), path, statements, lambda s: s.family.moment(), host)
        made.run()
        return _results(inner, component, made, host)


def _count(component: ComponentName) -> int:
    """How many values a component returns."""
    last = component.component.body[-1]
    return len(last.values) if isinstance(last, tree.Return) else 1


def _results(
    b: Builder, component: ComponentName, made: Body, host: Host
) -> Returned | Results | Failed:
    """The values of `return`, which closes the body."""
    last = len(made.statements) - 1
    statement = made.statements[last]
    assert isinstance(statement, tree.Return)
    values: list[Returned] = []
    for number, expr in enumerate(statement.values, start=1):
        name = "return" if len(statement.values) == 1 else f"return.{number}"
        site = Statement(
            "return",
            name,
            (),
            family=bool(host.index),
            order=(*made.path, last, number),
            span=expr.span,
            members=(host.index,),
            caller=host.caller,
        )
        where = Where(made.scope(last), Owner(site, (), host.may_own, host))
        found = express.value(b, expr, where)
        if not isinstance(found, Node | Members | Absent):
            found = express.single(b, found, expr, where)
        values.append(found)
    return values[0] if len(values) == 1 else Results(component.name, tuple(values))


def _is_inside(component: ComponentName, scope: Scope) -> bool:
    """Whether a place is part of a component's own text, or of one that is called from there."""
    host = scope.host
    while host is not None:
        if host.component.component is component.component:
            return True
        host = host.calls_from.host
    return False


def _depth(owner: Owner) -> int:
    return sum(1 for _ in owner.statement.callers())
