"""Statements that name what a call returns: whole families, several results by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.bodies.statements import Defines, Valued, keyword_of
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.calls.several import Naming, Owners, call_at
from mtlspec.graph.components.called import called, calls_unknown
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing import index
from mtlspec.graph.indexing.index import Place
from mtlspec.graph.indexing.one import one_needed
from mtlspec.graph.naming.names import NameInACircle
from mtlspec.graph.naming.scope import Family, Lazy, MemberValue, Moment, Scope, StreamName, Symbol
from mtlspec.graph.node import Index, Node, Statement
from mtlspec.graph.values import FAILED, Absent, Failed, Members, Results, Value
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Unknown

if TYPE_CHECKING:
    from mtlspec.graph.bodies.body import Body, Todo

Outcome = tuple[Node | Members | Absent, ...]
"""The results of a call, by place."""


class CountsDiffer(Error):
    """A statement has as many names as values.

    What it means: names on the left and values on the right are matched by place, and one side has
    more of them. A component counts for as many values as it returns, a `split` for its parts.

    Example:
        let a, b = age, hours, city

    Instead:
        let a, b = age, hours

    Why: a name without a value, or a value without a name, would be a guess.
    """

    id = "MTL0229"
    title = "a statement has as many names as values"
    names: int
    values: int
    component: str
    span: Span
    returned: Span | None = None

    def headline(self) -> str:
        names = "1 name" if self.names == 1 else f"{self.names} names"
        return f"{names} for {self._values}"

    @property
    def _values(self) -> str:
        count = "1 value" if self.values == 1 else f"{self.values} values"
        return f"the {count} of `{self.component}`" if self.component else count

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, primary=True)]
        if self.returned is not None:
            marks.append(Label(self.returned, f"what `{self.component}` returns"))
        return marks


def targets_of(statement: Valued) -> tuple[tree.Target, ...]:
    """The names that a statement defines."""
    if isinstance(statement, tree.Layer | tree.Let):
        return statement.targets
    return (statement.target,)


def call_of(statement: tree.Stmt, scope: Scope) -> tree.Expr | None:
    """The one call whose results a statement names whole; None where values are named one by one.

    A name with an index takes one value for each of its members, so alone it is none of these.
    """
    if not isinstance(statement, Valued):
        return None
    several = isinstance(statement, tree.Layer | tree.Let)
    exprs = statement.values if several else (statement.value,)
    targets = targets_of(statement)
    if len(exprs) != 1:
        return None
    if called(exprs[0], scope) is None and call_at(exprs[0], scope) is None:
        return exprs[0] if len(targets) > 1 and calls_unknown(exprs[0], scope) else None
    whole = any(target.index is None for target in targets)
    return exprs[0] if whole or len(targets) > 1 else None


def counts_differ(statement: tree.Stmt) -> CountsDiffer | None:
    """Whether names and values, one for each, differ in number."""
    if not isinstance(statement, tree.Layer | tree.Let):
        return None
    names, values = len(statement.targets), len(statement.values)
    return None if names == values else CountsDiffer(names, values, "", statement.span)


class IndicesDiffer(Error):
    """The names that take the results of one call have the same members.

    What it means: the call is made for each member of one name, and another name has others.

    Example:
        layer a[task], b[2] = c(x[task])

    Instead:
        layer a[task], b[task] = c(x[task])

    Why: each call gives one value to every name.
    """

    id = "MTL0415"
    title = "the names that take the results of one call have the same members"
    first: Span
    second: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, "this has other members", primary=True),
            Label(self.first, "than this"),
        ]


def declare(body: Body, position: int, stmt: tree.Stmt, expr: tree.Expr) -> Sequence[Todo]:
    """Declares the names that take the results of a call; what is left to do computes it."""
    assert isinstance(stmt, Valued)
    targets = targets_of(stmt)
    if all(target.index is None for target in targets):
        return [_Whole(body, position, stmt, targets, expr).declare()]
    return _declare_members(body, position, stmt, expr)


@dataclass(slots=True)
class _Whole:
    """Names without an index: each takes a result whole, be it one value or a family."""

    body: Body
    position: int
    stmt: Valued
    targets: tuple[tree.Target, ...]
    expr: tree.Expr

    def declare(self) -> Todo:
        first = self.defines(self.targets[0])
        statement = self.body.statement(first, (self.position,), ((),))
        made = _Call(self.body, self.position, first, statement, self.expr, len(self.targets))
        call = made.lazy(self.owners)
        entered = [self.enter(place, target, call) for place, target in enumerate(self.targets)]

        def settle() -> None:
            for one in entered:
                one()

        return settle

    def defines(self, target: tree.Target) -> Defines:
        return shared(target, self.stmt, {}, 0)

    def owners(self, owner: Owner, count: int) -> Sequence[Owner]:
        """The members that the results of an op are: each of a name, or of a family of one name."""
        first, *others = self.targets
        if others:
            statements = [
                self.body.statement(self.defines(target), (self.position, place), ((),))
                for place, target in enumerate(others, start=1)
            ]
            return [owner, *(replace(owner, statement=s, nodes=0) for s in statements)]
        keys = tuple((number,) for number in range(1, count + 1))
        family = self.body.statement(self.defines(first), (self.position, 1), keys)
        return [replace(owner, statement=family, index=key, nodes=0) for key in keys]

    def enter(self, place: int, target: tree.Target, call: Lazy[Outcome | Failed]) -> Todo:
        """Enters one name; what is returned finds out its members."""
        name, keyword = target.name, keyword_of(self.stmt)
        if self._moves:
            stream = self.body.moves.stream(name.name, name.span)
            return lambda: self.move(stream, place, name.span, call)
        family = Family(name.name, name.span, keyword)

        def settle() -> None:
            found = call.get()
            family.fill = None
            if isinstance(found, Failed) or _is_unknown(found[place]):
                family.broken = True
            else:
                fill(family, found[place])

        family.fill = settle
        symbol = StreamName(family, self.body) if keyword == "stream" else family
        self.body.enter_name(name.name, name.span, symbol)
        return family.moment

    @property
    def _moves(self) -> bool:
        return not isinstance(self.stmt, tree.Stream) and self.stmt.moves

    def move(
        self, stream: StreamName | None, place: int, span: Span, call: Lazy[Outcome | Failed]
    ) -> None:
        found = call.get()
        if stream is None or isinstance(found, Failed):
            return
        for key, lazy in moment_of(found[place]).items():
            self.body.moves.move(stream, span, key, lazy)


def _declare_members(body: Body, position: int, stmt: Valued, expr: tree.Expr) -> Sequence[Todo]:
    """Names with an index: one call for each member, and one value for every name."""
    targets = targets_of(stmt)
    where = Where(body.scope(position))
    places: list[Sequence[Place]] = []
    for target in targets:
        found = index.declare(body.builder, target.index, where)
        if isinstance(found, Failed):
            body.break_targets(stmt)
            return []
        places.append(found)
    keys = [tuple(place.index for place in found) for found in places]
    for target, own in zip(targets, keys, strict=True):
        if own != keys[0]:
            body.builder.report.add(IndicesDiffer(targets[0].span, target.span))
            body.break_targets(stmt)
            return []
    calls: dict[Index, Lazy[Outcome | Failed]] = {}
    first, *others = (shared(target, stmt, calls, n) for n, target in enumerate(targets))
    statement = body.statement(first, (position,), keys[0])
    own = [body.statement(d, (position, n), keys[0]) for n, d in enumerate(others, start=1)]
    made = _Call(body, position, first, statement, expr, len(targets))

    def owners(owner: Owner, count: int) -> Sequence[Owner]:
        del count
        return [owner, *(replace(owner, statement=s, nodes=0) for s in own)]

    for alike in zip(*places, strict=True):
        names = {name: symbol for place in alike for name, symbol in place.names.items()}
        calls[alike[0].index] = made.lazy(owners, alike[0].index, names)
    todo: list[Todo] = []
    for number, target in enumerate(targets):
        defines = shared(target, stmt, calls, number)
        members = [
            (place, body.lazy(defines, statement, place, position)) for place in places[number]
        ]
        body.enter(defines, members)
        todo.extend(lazy.get for _, lazy in members)
    return todo


def shared(
    target: tree.Target, stmt: Valued, calls: Mapping[Index, Lazy[Outcome | Failed]], number: int
) -> Defines:
    """One name of a call for each member: its value is one of the results."""

    def compute(b: Builder, where: Where) -> MemberValue:
        assert where.owner is not None
        found = calls[where.owner.index].get()
        if isinstance(found, Failed):
            return b.nothing(where.owner, stmt.span)
        value = found[number]
        if isinstance(value, Members):
            b.report.add(one_needed(replace(value, written=None), target.span, where))
            return b.nothing(where.owner, stmt.span)
        return value

    moves = not isinstance(stmt, tree.Stream) and stmt.moves
    name = target.name
    keyword = keyword_of(stmt)
    return Defines(keyword, name.name, name.span, target.index, moves, stmt.span, compute)


@dataclass(frozen=True, slots=True)
class _Call:
    """The call of a statement, whose results so many names take."""

    body: Body
    position: int
    defines: Defines
    statement: Statement
    expr: tree.Expr
    count: int

    def lazy(
        self, owners: Owners, member: Index = (), names: Mapping[str, Symbol] | None = None
    ) -> Lazy[Outcome | Failed]:
        """The call, made when one of its results is first needed."""
        body = self.body
        owner = Owner(self.statement, member, body.may_own(self.defines.keyword), body.host)

        def compute() -> Outcome | Failed:
            scope = body.scope(self.position).inside(names or {})
            return compute_results(body.builder, self.expr, owner, scope, self.count, owners)

        def in_circle() -> Outcome | Failed:
            body.builder.report.add(NameInACircle(self.defines.name, self.defines.name_span))
            return FAILED

        return Lazy(compute, in_circle)


def compute_results(
    b: Builder, expr: tree.Expr, owner: Owner, scope: Scope, count: int, owners: Owners
) -> Outcome | Failed:
    """The results of a call, as many as there are names."""
    place = call_at(expr, scope)
    naming = None if place is None else Naming(place, count if count > 1 else None, owners)
    value: Value = express.value(b, expr, Where(scope, owner, naming=naming))
    found: Outcome
    match value:
        case Results() if naming is not None and count == 1:
            found = (_numbered(value),)
        case Results():
            found = value.values
        case Node() | Members() | Absent():
            found = (value,)
        case _:
            if not isinstance(value, Failed):
                express.single(b, value, expr, Where(scope, owner))
            return FAILED
    if len(found) != count:
        component = called(expr, scope)
        name = component.name if component else cast("Results", value).component
        returned = component.component.body[-1].span if component else None
        b.report.add(CountsDiffer(count, len(found), name, expr.span, returned))
        return FAILED
    return found


def _numbered(results: Results) -> Members:
    """All results of an op as a family, counted from 1."""
    nodes = (node for node in results.values if isinstance(node, Node))
    members: dict[Index, Node] = {(number,): node for number, node in enumerate(nodes, start=1)}
    return Members(results.component, members)


def moment_of(value: Node | Members | Absent) -> Moment:
    """A result as the members of a name; a single value has the empty index."""
    if isinstance(value, Members):
        return {key: ready(node) for key, node in value.own_members()}
    return {(): ready(value)}


def _is_unknown(value: Node | Members | Absent) -> bool:
    """Whether an error in the component was reported, which says all there is to say."""
    return isinstance(value, Node) and isinstance(value.type, Unknown)


def ready(value: MemberValue) -> Lazy[MemberValue]:
    """A value that is known already."""
    return Lazy(lambda: value, lambda: value)


def fill(family: Family, value: Node | Members | Absent) -> None:
    """Enters what a call returned as the members of a name."""
    family.fill = None
    for place, (key, lazy) in enumerate(moment_of(value).items()):
        family.arity = len(key)
        family.members[key] = lazy
        family.spans[key] = family.span
        family.ranks[key] = (place,)
