"""Expressions: what a tree of the language is worth, in a scope, owned by a member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph.bodies import heads
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls import call
from mtlspec.graph.components import called
from mtlspec.graph.expressions import columns, operators
from mtlspec.graph.files import prefixes
from mtlspec.graph.indexing import one, picks, rowwise, traces
from mtlspec.graph.indexing.membership import NotAnIndex
from mtlspec.graph.limits import entries
from mtlspec.graph.naming.names import NotBuilt, UnknownName
from mtlspec.graph.naming.scope import (
    Bound,
    ComponentName,
    Constants,
    Family,
    FeatureName,
    Lazy,
    MemberValue,
    Prefix,
    Sets,
    StreamName,
    Symbol,
    TaskFamily,
    TaskName,
)
from mtlspec.graph.naming.unknown import used_elsewhere
from mtlspec.graph.node import Index, Node
from mtlspec.graph.values import (
    FAILED,
    Absent,
    Bare,
    Element,
    Failed,
    IndexSet,
    Members,
    Numbers,
    Recipe,
    Results,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.later import is_later


class ValueNeeded(Error):
    """A statement computes values; a recipe, a number or a set is none.

    What it means: a value of the model is needed here: features, or something made of them.

    Example:
        layer h = mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: an op without its value is a recipe; only when something flows into it is it built.
    """

    id = "MTL0301"
    title = "a value is needed here"
    what: str
    span: Span
    hint: str = ""

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]

    def help(self) -> str:
        return self.hint


class SeveralResults(Error):
    """What a call returns is given as many names as there are values.

    What it means: a component that returns several values, or a `split`, is called where one value
    is needed.

    Example:
        layer y = cgc(h, s) -> mlp(64)

    Instead:
        layer g, t = cgc(h, s)
        layer y = t -> mlp(64)

    Why: results have no names of their own outside; the first of them would be a guess.
    """

    id = "MTL0411"
    title = "several results need as many names"
    component: str
    count: int
    span: Span
    keyword: str = "layer"

    def headline(self) -> str:
        return f"`{self.component}` returns {self.count} values, and one is needed here"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        names = ", ".join("abcdefgh"[: self.count])
        return f"name them first, `{self.keyword} {names} = {self.component}(…)`"


def value(b: Builder, expr: tree.Expr, where: Where) -> Value:
    """What an expression is worth; `FAILED` where that has been reported as an error."""
    match expr:
        case tree.Int() | tree.Float() | tree.String() | tree.Bool():
            return expr.value
        case tree.NoneValue():
            return Absent()
        case tree.Array():
            items = tuple(value(b, item, where) for item in expr.items)
            b.unrolled.check(entries(items), expr.span)
            return FAILED if any(isinstance(i, Failed) for i in items) else items
        case tree.Paren():
            return value(b, expr.value, where)
        case tree.Name():
            return _written(_name(b, expr, where), expr)
        case tree.FeaturesValue() | tree.HeadValue() if where.scope.host is not None:
            return called.refuse_outside(b.report, expr, where.scope.host)
        case tree.FeaturesValue():
            return columns.all_features(b, expr, where)
        case tree.HeadValue():
            return _written(heads.predictions(b, expr, where), expr)
        case tree.Flow():
            return call.flow(b, expr, where)
        case tree.Call():
            return call.call(b, expr, where)
        case tree.Pick():
            return _written(_pick(b, expr, where), expr)
        case tree.Binary() | tree.Unary():
            return operators.arithmetic(b, expr, where)
        case tree.MemberOf():
            return _written(_prefixed(b, expr, where), expr)


def _written(found: Value, expr: tree.Expr) -> Value:
    """A family with how it is written here."""
    return replace(found, written=expr) if isinstance(found, Members) else found


def node(b: Builder, expr: tree.Expr, where: Where) -> Node:
    """The one value of the model that an expression is; a node of unknown type after an error."""
    return single(b, value(b, expr, where), expr, where)


def single(b: Builder, found: Value, expr: tree.Expr, where: Where) -> Node:
    """The same, of an expression whose worth is known."""
    assert where.owner is not None
    match found:
        case Node():
            return found
        case Members():
            b.report.add(one.one_needed(found, expr.span, where))
        case _:
            no_value(b, found, expr, where)
    return b.nothing(where.owner, expr.span)


def no_value(b: Builder, found: Value, expr: tree.Expr, where: Where) -> Failed:
    """Reports that an expression is worth something else than a value."""
    if isinstance(found, Bare):
        return unknown_name(b, found.name, expr.span, where, role="a value")
    if isinstance(found, Results):
        count = len(found.values)
        b.report.add(SeveralResults(found.component, count, expr.span, found.keyword))
    elif not isinstance(found, Failed):
        b.report.add(ValueNeeded(describe(found), expr.span, _made_a_value(found, expr)))
    return FAILED


def _made_a_value(found: Value, expr: tree.Expr) -> str:
    """How a value is made of what is none."""
    if isinstance(found, Recipe):
        return "let something flow into it: `features -> …`"
    if isinstance(found, Element | IndexSet):
        home = found.home.name if isinstance(found, Element) else found.name
        if home:
            text = expr.span.text
            return (
                f"a learned vector for each is `weight v[{home}] : f32[8] = normal(1)`: `v[{text}]`"
            )
    return ""


def nodes(b: Builder, expr: tree.Expr, where: Where) -> tuple[Node, ...]:
    """The values that an item of a list stands for: one, a family's, or none."""
    return items(b, value(b, expr, where), expr, where)


def items(b: Builder, found: Value, expr: tree.Expr, where: Where) -> tuple[Node, ...]:
    """The same, of an expression whose worth is known."""
    match found:
        case Members():
            return found.nodes()
        case Absent():
            return ()
        case _:
            return (single(b, found, expr, where),)


def numbers(b: Builder, over: tree.Range, where: Where) -> Numbers | Failed:
    """`a..b` with both ends whole numbers."""
    ends: list[int] = []
    for end in (over.start, over.stop):
        found = value(b, end, where) if end is not None else FAILED
        if isinstance(found, bool) or not isinstance(found, int):
            if not isinstance(found, Failed):
                b.report.add(operators.NotANumber(describe(found), over.span))
            elif end is None:
                b.report.add(NotAnIndex("a range with an open end", over.span))
            return FAILED
        ends.append(found)
    return Numbers(ends[0], ends[1])


def unknown_name(b: Builder, name: str, span: Span, where: Where, *, role: str) -> Failed:
    """Reports a name that nothing declares."""
    if b.blind:
        return FAILED
    if is_later("ops", name):
        b.report.add(NotBuilt(f"`{name}`", span))
        return FAILED
    many = len(b.report.found) > MOST_SUGGESTIONS
    known = () if many else known_names(where, role)
    inner = None if many else _in_a_level(where, name)
    if inner is not None and getattr(inner.statement, "moves", False):
        return FAILED  # a move of what is no stream has been refused
    level = inner.target.name.span if inner else None
    hint = "" if level or closest(name, known) else _as_a_word(name)
    error = UnknownName(name, span, role, known, level=level, hint=hint)
    b.report.add(called.unseen(error, where.scope))
    return FAILED


def _as_a_word(name: str) -> str:
    """What a name is that stands for a value, if it is a word."""
    if name in call.FUNCTIONS:
        return f"it is of what stands in brackets: `{name}(h)`"
    word = registry.elsewhere("ops", name)
    return used_elsewhere("ops", name) if word is not None and word.name == name else ""


MOST_SUGGESTIONS = 500
"""Behind so many messages no more names are looked through for what was meant."""


@dataclass(frozen=True, slots=True)
class _Inner:
    """A statement in the body of a `repeat`, and a name that it defines or moves."""

    statement: tree.Stmt
    target: tree.Target


def _in_a_level(where: Where, name: str) -> _Inner | None:
    """Where the body of a `repeat` beside a place defines a name."""
    for scope in where.scope.chain():
        for statement in scope.body.statements if scope.body else ():
            for inner in statement.body if isinstance(statement, tree.Repeat) else ():
                for target in tree.children(inner):
                    if isinstance(target, tree.Target) and target.name.name == name:
                        return _Inner(inner, target)
    return None


def known_names(where: Where, role: str) -> tuple[str, ...]:
    """The names that may stand in a place, those of statements first."""
    visible = where.scope.visible()
    if role == "a value":
        values = [n for n, s in visible.items() if isinstance(s, Family | StreamName)]
        return (*values, "features", *(n for n, s in visible.items() if isinstance(s, FeatureName)))
    if role == "declared":
        return (*sorted(visible), "features", *registry.names("ops"))
    return tuple(n for n, s in visible.items() if isinstance(s, Sets | Constants | Family))


def _name(b: Builder, expr: tree.Name, where: Where) -> Value:
    symbol = where.scope.find(expr.name)
    if symbol is not None:
        return _symbol(b, symbol, expr, where)
    if called.op_called(expr.name) is not None:
        return Recipe(expr, where.scope)
    return Bare(expr.name)


def _symbol(b: Builder, symbol: Symbol, expr: tree.Name | tree.MemberOf, where: Where) -> Value:
    match symbol:
        case Constants() | Sets():
            return symbol.value.get()
        case Bound():
            return symbol.element
        case FeatureName():
            if symbol.field is None:
                return FAILED
            return columns.column(b, symbol.field)
        case TaskName() | TaskFamily():
            return symbol.value()
        case Family():
            moment = symbol.moment()
            return FAILED if symbol.broken else family(symbol.name, moment)
        case StreamName():
            moment = where.scope.moment(symbol)
            return FAILED if symbol.family.broken else family(symbol.name, moment)
        case ComponentName():
            return Recipe(expr, where.scope)
        case Prefix():
            b.report.add(prefixes.PrefixAlone(symbol.name, expr.span, tuple(symbol.names)))
            return FAILED


def family(name: str, moment: Mapping[Index, Lazy[MemberValue]]) -> Value:
    """The one value of a name, or all its members."""
    values = {key: member.get() for key, member in moment.items()}
    if () in values:
        return values[()]
    return Members(name, {key: v for key, v in values.items() if isinstance(v, Node)})


def _pick(b: Builder, expr: tree.Pick, where: Where) -> Value:
    host = where.scope.host
    if isinstance(expr.value, tree.HeadValue | tree.FeaturesValue) and host is not None:
        return called.refuse_outside(b.report, expr.value, host)
    if isinstance(expr.value, tree.HeadValue):
        found = heads.declared(b, expr.span, where)
        return heads.read(b, pick_member(b, found, expr, where), expr.span) if found else FAILED
    if isinstance(expr.value, tree.FeaturesValue):
        return columns.part(b, expr, where)
    symbol = where.scope.find(expr.value.name) if isinstance(expr.value, tree.Name) else None
    if isinstance(symbol, Family | StreamName):
        return pick_member(b, symbol, expr, where)
    if isinstance(symbol, TaskFamily):
        return picks.pick_tasks(b, symbol, expr.index, where, expr.span)
    match found := value(b, expr.value, where):
        case Members() if traces.is_trace(expr.value, where):
            return traces.pick_iteration(b, found, expr, where)
        case IndexSet():
            return picks.pick_set(b, found, expr.index, where, expr.span)
        case tuple():
            name = expr.value.name if isinstance(expr.value, tree.Name) else "list"
            return picks.pick_item(b, found, expr.index, where, expr.span, name)  # pyright: ignore[reportReturnType]
        case Failed():
            return FAILED
        case Bare(name):
            return unknown_name(b, name, expr.value.span, where, role="declared")
        case _:
            hint = one.index_of(expr, found)
            b.report.add(NotAnIndex(f"an index of {describe(found)}", expr.span, hint))
            return FAILED


def pick_member(b: Builder, symbol: Family | StreamName, expr: tree.Pick, where: Where) -> Value:
    """Picks before computing: only the members that are kept are asked for."""
    own = symbol if isinstance(symbol, Family) else symbol.family
    moment = own.moment() if isinstance(symbol, Family) else where.scope.moment(symbol)
    if own.broken:
        return FAILED
    keys = picks.pick(b, own.name, tuple(moment), own.span, expr.index, where, expr.span)
    if isinstance(keys, Failed):
        return FAILED
    values = {key: moment[key].get() for key in keys.keys}
    if keys.by is not None:
        return rowwise.by_row(b, own.name, values, keys, expr.span, where)
    if keys.single:
        return next(iter(values.values()))
    kept = {key: v for key, v in values.items() if isinstance(v, Node)}
    return Members(own.name, kept, picked=keys.elements)


def _prefixed(b: Builder, expr: tree.MemberOf, where: Where) -> Value:
    """`p.name`, of a file that is used `as p`."""
    symbol = where.scope.prefixed(expr)
    if symbol is not None and not isinstance(symbol, Prefix):
        return _symbol(b, symbol, expr, where)
    if not b.blind:
        b.report.add(prefixes.unknown(expr, where.scope))
    return FAILED
