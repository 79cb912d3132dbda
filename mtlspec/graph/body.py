"""Bodies: a model, or one iteration of a repeat, as a scope of definitions and moving streams.

A repeat is unrolled before anything is typed: iteration i is a body of its own. On entry a body
knows the names around it and the values that streams come in with; after `run` all its members
are nodes, and `after` tells the values that streams leave with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mtlspec.diagnostics import Error, Label
from mtlspec.graph import express, index
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.names import NameInACircle, NameTwice, NotBuilt
from mtlspec.graph.node import Index, Keyword, Statement, show_index
from mtlspec.graph.scope import (
    Bound,
    Constants,
    Family,
    Lazy,
    MemberValue,
    Moment,
    Scope,
    Sets,
    StreamName,
    Symbol,
)
from mtlspec.graph.sets import read_set
from mtlspec.graph.statements import OWNERS, Defines, defined
from mtlspec.graph.values import FAILED, Element, Failed, IndexSet, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree

MOST_ITERATIONS = 10_000


@dataclass(frozen=True)
class MoveOutsideRepeat(Error):
    """`<-` moves a stream to the next level, so it stands in a `repeat`.

    What it means: the arrow stands outside a repeat, or its name is no stream from outside it.

    Example:
        stream h = features
        layer h <- h -> mlp(64)

    Instead:
        stream h = features
        repeat 2 {
            layer h <- h -> mlp(64)
        }

    Why: outside a repeat there is no next level; there a new name says what is meant.
    """

    id = "MTL0401"
    title = "`<-` moves a stream that was declared outside the nearest `repeat`"
    name: str
    why: str
    span: Span
    declared: Span | None

    def headline(self) -> str:
        return f"`{self.name}` cannot be moved here: {self.why}"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, "declared here"))
        return marks

    def help(self) -> str:
        return "write `=` to define a value, or declare the `stream` above the `repeat`"


@dataclass(frozen=True)
class MovedTwice(Error):
    """A member of a stream moves once in an iteration.

    What it means: two statements, or a statement and an inner repeat, give the stream its next
    value.

    Example:
        repeat 2 {
            layer h <- h -> mlp(64)
            layer h <- h -> mlp(32)
        }

    Instead:
        repeat 2 {
            layer f = h -> mlp(64)
            layer h <- f -> mlp(32)
        }

    Why: all `<-` take effect together, at the end of the iteration.
    """

    id = "MTL0402"
    title = "a member of a stream moves once in an iteration"
    name: str
    first: Span
    second: Span

    def headline(self) -> str:
        return f"`{self.name}` is moved twice in one iteration"

    def labels(self) -> Sequence[Label]:
        return [Label(self.second, "again here", primary=True), Label(self.first, "first here")]


@dataclass(frozen=True)
class DefinedTwice(Error):
    """The pieces of a family do not overlap.

    What it means: two statements define the same member.

    Example:
        head[task]   = h
        head[income] = h

    Instead:
        head[!income] = …          # or leave one of the two out

    Why: one of the two definitions would have to be dropped.
    """

    id = "MTL0223"
    title = "a member of a family is defined once"
    name: str
    first: Span
    second: Span

    def headline(self) -> str:
        return f"`{self.name}` is defined twice"

    def labels(self) -> Sequence[Label]:
        return [Label(self.second, "again here", primary=True), Label(self.first, "first here")]


@dataclass(frozen=True)
class PiecesDiffer(Error):
    """The pieces of a family have the same number of indices.

    What it means: two statements define one name with unlike indices.

    Example:
        layer f[task] = features -> mlp(8)
        layer f[task, 2] = features -> mlp(8)

    Instead: give one of the two another name.

    Why: a family is one map from index tuples to values.
    """

    id = "MTL0224"
    title = "the pieces of a family have the same number of indices"
    name: str
    first: Span
    second: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, f"`{self.name}` again, with other indices", primary=True),
            Label(self.first, "first here"),
        ]


@dataclass(frozen=True)
class RepeatOver(Error):
    """A repeat runs over a number, a range, a list or a set.

    What it means: what the repeat runs over is none of these, or is far too long.

    Example:
        repeat "3" { … }

    Instead:
        repeat 3 { … }

    Why: a repeat is unrolled when the spec is read, so its length must be known and sensible.
    """

    id = "MTL0403"
    title = "a `repeat` runs over a number, a range, a list or a set"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]


@dataclass(frozen=True)
class HeadInRepeat(Error):
    """A head does not stand in a repeat.

    What it means: a task would get one head per iteration.

    Example:
        repeat 2 {
            head[task] = h
        }

    Instead: put it after the repeat, where a stream has its last value.

    Why: a task has one prediction.
    """

    id = "MTL0404"
    title = "a `head` may not stand in a `repeat`"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "put it after the `repeat`, where a stream has its last value"


@dataclass(slots=True)
class Run:
    """A repeat that has run: which streams it moved, and its last iteration."""

    moved: dict[str, Span] = field(default_factory=dict[str, Span])
    last: Body | None = None


@dataclass(slots=True)
class Body:
    """The statements of a model or of one iteration. `entry` gives what a stream came in with."""

    builder: Builder
    outer: Scope
    iteration: tuple[int, ...]
    statements: Sequence[tree.Stmt]
    entry: Callable[[StreamName], Moment]
    names: dict[str, Symbol] = field(default_factory=dict[str, Symbol])
    heads: Family | None = None
    moves: dict[str, dict[Index, Lazy[MemberValue]]] = field(
        default_factory=dict[str, dict[Index, Lazy[MemberValue]]]
    )
    move_spans: dict[tuple[str, Index], Span] = field(
        default_factory=dict[tuple[str, Index], Span]
    )
    runs: dict[int, Run | None] = field(default_factory=dict[int, Run | None])

    def run(self) -> None:
        """Declares everything, then computes every member, in the order of the file."""
        todo = [self._declare(place, stmt) for place, stmt in enumerate(self.statements)]
        for place, (stmt, lazies) in enumerate(zip(self.statements, todo, strict=True)):
            for lazy in lazies:
                lazy.get()
            if isinstance(stmt, tree.Repeat):
                self._ensure(place)

    def moment(self, stream: StreamName, position: int) -> Moment:
        """A stream's value where the statement at `position` stands."""
        for place in range(position - 1, -1, -1):
            if isinstance(self.statements[place], tree.Repeat):
                run = self._ensure(place)
                if stream.name in run.moved and run.last is not None:
                    return run.last.after(stream)
        if stream.body is self:
            return stream.family.members
        return self.entry(stream)

    def after(self, stream: StreamName) -> Moment:
        """A stream's value when this body ends; members that were not moved keep theirs."""
        before = self.moment(stream, len(self.statements))
        return {**before, **self.moves.get(stream.name, {})}

    def moved(self) -> dict[str, Span]:
        """The streams that this body moves, itself or by inner repeats."""
        found = {name: span for (name, _), span in self.move_spans.items()}
        for run in self.runs.values():
            found.update(run.moved if run else {})
        return found

    def scope(self, position: int) -> Scope:
        return Scope(self.outer, self.names, self, position)

    # --- declarations ----------------------------------------------------------------------------

    def _declare(self, position: int, stmt: tree.Stmt) -> list[Lazy[MemberValue]]:
        match stmt:
            case tree.SetDecl():
                where = Where(self.scope(position))
                symbol = read_set(self.builder, stmt, where)
                self._name(stmt.name.name, stmt.name.span, symbol)
                return []
            case tree.Broken():
                for ident in stmt.names:
                    family = Family(ident.name, ident.span, stmt.keyword, broken=True)
                    self.names.setdefault(ident.name, family)
                return []
            case _:
                return self._declare_values(position, stmt)

    def _declare_values(self, position: int, stmt: tree.Stmt) -> list[Lazy[MemberValue]]:
        defines = defined(stmt)
        if isinstance(defines, NotBuilt):
            self.builder.report.add(defines)
            self._break_targets(stmt)
            return []
        if defines is None:
            return []
        where = Where(self.scope(position))
        places = index.declare(self.builder, defines.index, where)
        if isinstance(places, Failed):
            self._break_targets(stmt)
            return []
        statement = self._statement(defines)
        lazies = {
            place.index: self._lazy(defines, statement, place, position) for place in places
        }
        self._enter(defines, lazies)
        return list(lazies.values())

    def _break_targets(self, stmt: tree.Stmt) -> None:
        """The names of a statement that failed exist, but are worth nothing."""
        for target in (n for n in tree.children(stmt) if isinstance(n, tree.Target)):
            name = target.name
            if self.outer.find(name.name) is None:
                self.names[name.name] = Family(name.name, name.span, "broken", broken=True)
        if isinstance(stmt, tree.Head):
            self.heads = self.heads or Family("head", stmt.index_span, "head")
            self.heads.broken = True

    def _statement(self, defines: Defines) -> Statement:
        keyword: Keyword = defines.keyword
        order = len(self.builder.statements)
        family = bool(defines.index)
        made = Statement(keyword, defines.name, self.iteration, family, order, defines.span)
        self.builder.statements.append(made)
        return made

    def _lazy(
        self, defines: Defines, statement: Statement, place: index.Place, position: int
    ) -> Lazy[MemberValue]:
        b = self.builder

        def compute() -> MemberValue:
            owner = Owner(statement, place.index, may_own=defines.keyword in OWNERS)
            return defines.compute(b, Where(self.scope(position).inside(place.names), owner))

        def in_circle() -> MemberValue:
            name = defines.name + show_index(place.index)
            b.report.add(NameInACircle(name, defines.name_span))
            return b.nothing(Owner(statement, place.index, may_own=False), defines.span)

        return Lazy(compute, in_circle)

    def _enter(self, defines: Defines, lazies: Mapping[Index, Lazy[MemberValue]]) -> None:
        if defines.keyword == "head":
            self._enter_head(defines, lazies)
        elif defines.moves:
            self._enter_move(defines, lazies)
        elif defines.keyword == "stream":
            family = Family(defines.name, defines.name_span, "stream", dict(lazies))
            self._name(defines.name, defines.name_span, StreamName(family, self))
        else:
            self._enter_piece(defines, lazies)

    def _enter_head(self, defines: Defines, lazies: Mapping[Index, Lazy[MemberValue]]) -> None:
        if self.iteration:
            self.builder.report.add(HeadInRepeat(defines.span))
        if self.heads is None:
            self.heads = Family("head", defines.name_span, "head")
        self._add_members(self.heads, defines, lazies)

    def _enter_piece(self, defines: Defines, lazies: Mapping[Index, Lazy[MemberValue]]) -> None:
        known = self.names.get(defines.name)
        if isinstance(known, Family) and known.arity and defines.index:
            self._add_members(known, defines, lazies)
            return
        family = Family(defines.name, defines.name_span, defines.keyword)
        self._add_members(family, defines, lazies)
        self._name(defines.name, defines.name_span, family)

    def _add_members(
        self, family: Family, defines: Defines, lazies: Mapping[Index, Lazy[MemberValue]]
    ) -> None:
        report = self.builder.report
        for key, lazy in lazies.items():
            if key in family.members:
                name = family.name + show_index(key)
                report.add(DefinedTwice(name, family.spans[key], defines.name_span))
                return
            if family.members and len(key) != family.arity:
                report.add(PiecesDiffer(family.name, family.span, defines.name_span))
                return
            family.members[key] = lazy
            family.spans[key] = defines.name_span
        family.members = _ordered(family.members, self.scope(0))

    def _enter_move(self, defines: Defines, lazies: Mapping[Index, Lazy[MemberValue]]) -> None:
        report, name = self.builder.report, defines.name
        symbol = self.outer.find(name) or self.names.get(name)
        why = self._why_not(symbol)
        if not isinstance(symbol, StreamName) or why:
            declared = symbol.span if symbol and not isinstance(symbol, Bound) else None
            report.add(MoveOutsideRepeat(name, why, defines.name_span, declared))
            return
        moved = self.moves.setdefault(name, {})
        for key, lazy in lazies.items():
            if key not in symbol.family.members:
                known = tuple(f"`{name}{show_index(k)}`" for k in symbol.family.members)
                found = show_index(key)
                report.add(index.NoSuchMember(name, found, defines.name_span, known, symbol.span))
                return
            if (name, key) in self.move_spans:
                first = self.move_spans[name, key]
                report.add(MovedTwice(name + show_index(key), first, defines.name_span))
                return
            moved[key] = lazy
            self.move_spans[name, key] = defines.name_span

    def _why_not(self, symbol: Symbol | None) -> str:
        if not self.iteration:
            return "there is no `repeat` around it"
        if symbol is None:
            return "no stream of this name is declared outside the `repeat`"
        if not isinstance(symbol, StreamName):
            return "it is not a stream"
        return "it is declared in this iteration" if symbol.body is self else ""

    def _name(self, name: str, span: Span, symbol: Symbol) -> None:
        first = self.names.get(name) or self.outer.find(name)
        if first is not None and not isinstance(first, Bound):
            self.builder.report.add(NameTwice(name, first.span, span))
            return
        self.names[name] = symbol

    # --- repeats ---------------------------------------------------------------------------------

    def _ensure(self, position: int) -> Run:
        """The repeat at a position, run now if it has not been."""
        stmt = self.statements[position]
        assert isinstance(stmt, tree.Repeat)
        if position in self.runs:
            run = self.runs[position]
            if run is None:
                self.builder.report.add(NameInACircle("repeat", stmt.head_span))
                return Run()
            return run
        self.runs[position] = None
        run = Run()
        for number, names in enumerate(self._iterations(stmt, position), start=1):
            run.last = self._iterate(stmt, position, number, names, run.last)
            run.moved.update(run.last.moved())
        self.runs[position] = run
        self._refuse_double_moves(run)
        return run

    def _iterate(
        self,
        stmt: tree.Repeat,
        position: int,
        number: int,
        names: Mapping[str, Symbol],
        previous: Body | None,
    ) -> Body:
        def entry(stream: StreamName) -> Moment:
            return previous.after(stream) if previous else self.moment(stream, position)

        outer = self.scope(position).inside(names)
        body = Body(self.builder, outer, (*self.iteration, number), stmt.body, entry)
        body.run()
        return body

    def _refuse_double_moves(self, run: Run) -> None:
        for (name, key), span in self.move_spans.items():
            if name in run.moved:
                shown = name + show_index(key)
                self.builder.report.add(MovedTwice(shown, run.moved[name], span))

    def _iterations(self, stmt: tree.Repeat, position: int) -> Iterable[Mapping[str, Symbol]]:
        """What the variable of a repeat is bound to in each iteration."""
        where = Where(self.scope(position))
        values = _repeated(self.builder, stmt.over, where)
        if isinstance(values, Failed):
            return []
        if stmt.name is None:
            return [{} for _ in values]
        name, span = stmt.name.name, stmt.name.span
        first = self.names.get(name) or self.outer.find(name)
        if first is not None and not isinstance(first, Bound):
            self.builder.report.add(NameTwice(name, first.span, span))
            return []
        return [{name: _bound(name, span, value)} for value in values]


def _bound(name: str, span: Span, value: Value) -> Symbol:
    if isinstance(value, Element):
        return Bound(name, value)
    return Constants(name, span, Lazy(lambda: value, lambda: FAILED))


def _repeated(
    b: Builder, over: tree.Expr | tree.Range, where: Where
) -> Sequence[Value] | Failed:
    found: Value
    if isinstance(over, tree.Range):
        ends = express.numbers(b, over, where)
        found = ends if isinstance(ends, Failed) else int(ends.stop) - int(ends.start) + 1
        start = 1 if isinstance(ends, Failed) else int(ends.start)
    else:
        found, start = express.value(b, over, where), 1
    match found:
        case Failed():
            return FAILED
        case bool():
            b.report.add(RepeatOver(describe(found), over.span))
            return FAILED
        case int() if found > MOST_ITERATIONS:
            b.report.add(RepeatOver(f"{found:,} iterations, over {MOST_ITERATIONS:,}", over.span))
            return FAILED
        case int():
            return list(range(start, start + found))
        case tuple():
            return found
        case IndexSet():
            return list(found.elements())
        case _:
            b.report.add(RepeatOver(describe(found), over.span))
            return FAILED


def _ordered(
    members: dict[Index, Lazy[MemberValue]], scope: Scope
) -> dict[Index, Lazy[MemberValue]]:
    """Row-major in the sets' order, also where a family is defined in pieces."""
    tasks = scope.find("task")
    known = tasks.value.get() if isinstance(tasks, Sets) else FAILED
    labels = known.labels if isinstance(known, IndexSet) else ()
    rank: dict[str | int, int] = {label: place for place, label in enumerate(labels)}
    for key in members:
        for label in key:
            rank.setdefault(label, label if isinstance(label, int) else len(rank))
    return dict(sorted(members.items(), key=lambda item: [rank[label] for label in item[0]]))

