"""Bodies: a model, or one iteration of a repeat, as a scope of definitions and moving streams.

A repeat is unrolled before anything is typed: iteration i is a body of its own. On entry a body
knows the names around it and the values that streams come in with; after `run` all its members
are nodes, and `after` tells the values that streams leave with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mtlspec.graph.bodies.contracts import read_contract
from mtlspec.graph.bodies.moves import Declared, Moves
from mtlspec.graph.bodies.repeats import EmptyRepeat, bound, repeated
from mtlspec.graph.bodies.statements import Defines, defined
from mtlspec.graph.bodies.streams import HeadInRepeat
from mtlspec.graph.builder import OWNERS, Builder, Host, Owner, Where
from mtlspec.graph.components import results
from mtlspec.graph.fields.sources import TAKEN, is_source
from mtlspec.graph.indexing import index
from mtlspec.graph.indexing.pieces import add_piece
from mtlspec.graph.indexing.sets import read_set
from mtlspec.graph.naming.hiding import declared_before
from mtlspec.graph.naming.names import NameInACircle, NameTwice
from mtlspec.graph.naming.scope import (
    Family,
    Lazy,
    MemberValue,
    Moment,
    Scope,
    Sets,
    StreamName,
    Symbol,
)
from mtlspec.graph.node import Index, Keyword, Statement
from mtlspec.graph.values import Failed
from mtlspec.source import Span
from mtlspec.syntax import tree

Todo = Callable[[], object]
"""What is left to do once everything is declared: to compute a member."""


@dataclass(slots=True)
class Run:
    """A repeat that has run: which streams it moved, and its iterations."""

    moved: dict[str, Span] = field(default_factory=dict[str, Span])
    bodies: list[Body] = field(default_factory=list["Body"])

    @property
    def last(self) -> Body | None:
        return self.bodies[-1] if self.bodies else None


@dataclass(slots=True)
class Body:
    """The statements of a model or of one iteration. `entry` gives what a stream came in with.

    `path` is its place among all statements as they are unrolled.
    """

    builder: Builder
    outer: Scope
    iteration: tuple[int, ...]
    path: tuple[int, ...]
    statements: Sequence[tree.Stmt]
    entry: Callable[[StreamName], Moment]
    host: Host | None = None
    names: dict[str, Symbol] = field(default_factory=dict[str, Symbol])
    heads: Family | None = None
    runs: dict[int, Run | None] = field(default_factory=dict[int, Run | None])
    moves: Moves = field(init=False)
    levels: int = 0
    """The iterations so far of all repeats in this body: they are numbered on, each once."""

    blocks: Mapping[str, tree.Expr] = field(init=False)
    """What each block is written as."""

    def __post_init__(self) -> None:
        self.moves = Moves(self)
        blocks = (s for s in self.statements if isinstance(s, tree.Block))
        self.blocks = {s.target.name.name: s.value for s in blocks}

    def run(self) -> None:
        """Declares everything, then computes every member, in the order of the file."""
        places = sorted(range(len(self.statements)), key=self._turn)
        todo = {place: self._declare(place, self.statements[place]) for place in places}
        for symbol in list(self.names.values()):
            if isinstance(symbol, Sets):
                symbol.value.get()
        for place, stmt in enumerate(self.statements):
            for compute in todo[place]:
                compute()
            if isinstance(stmt, tree.Repeat):
                self._ensure(place)

    def _turn(self, position: int) -> int:
        """Sets are declared first, and what is indexed by a family's members last."""
        stmt = self.statements[position]
        targets = [n for n in tree.children(stmt) if isinstance(n, tree.Target)]
        binds = any(isinstance(i, tree.Bind) for target in targets for i in target.index or ())
        return 0 if isinstance(stmt, tree.SetDecl) else 2 if binds else 1

    def moment(self, stream: StreamName, position: int) -> Moment:
        """A stream's value where the statement at `position` stands."""
        for place in range(position - 1, -1, -1):
            if isinstance(self.statements[place], tree.Repeat):
                run = self._ensure(place)
                if stream.name in run.moved and run.last is not None:
                    return run.last.after(stream)
        if stream.body is self:
            return stream.family.moment()
        return self.entry(stream)

    def after(self, stream: StreamName) -> Moment:
        """A stream's value when this body ends; members that were not moved keep theirs."""
        before = self.moment(stream, len(self.statements))
        return {**before, **self.moves.members.get(stream.name, {})}

    def history(self, name: str, position: int) -> list[Moment] | None:
        """What a name was after each iteration of the last repeat above that knew it."""
        for place in range(position - 1, -1, -1):
            if not isinstance(self.statements[place], tree.Repeat):
                continue
            run = self._ensure(place)
            stream = self.scope(position).find(name)
            if isinstance(stream, StreamName) and name in run.moved:
                return [body.after(stream) for body in run.bodies]
            own = [body.names.get(name) for body in run.bodies]
            found: list[Moment] = [s.moment() for s in own if isinstance(s, Family)]
            if found:
                return found
        return None

    def moved(self) -> dict[str, Span]:
        """The streams that this body moves, itself or by inner repeats."""
        found = dict(self.moves.spans)
        for run in self.runs.values():
            found.update(run.moved if run else {})
        return found

    def scope(self, position: int) -> Scope:
        return Scope(self.outer, self.names, self, position)

    # --- declarations ----------------------------------------------------------------------------

    def _declare(self, position: int, stmt: tree.Stmt) -> Sequence[Todo]:
        match stmt:
            case tree.SetDecl():
                where = Where(self.scope(position))
                symbol = read_set(self.builder, stmt, where)
                self.enter_name(stmt.name.name, stmt.name.span, symbol)
                return []
            case tree.Broken():
                self.builder.blind |= not stmt.names
                self.builder.unread.add(stmt.keyword)
                for ident in stmt.names:
                    self.break_name(ident.name, ident.span, is_stream=stmt.keyword == "stream")
                if stmt.keyword == "head":
                    self._break_heads(stmt.span)
                return []
            case tree.Require():
                where = Where(self.scope(position))
                return [lambda: read_contract(self.builder, stmt, where)]
            case _:
                return self._declare_values(position, stmt)

    def _declare_values(self, position: int, stmt: tree.Stmt) -> Sequence[Todo]:
        expr = results.call_of(stmt, self.scope(position))
        if expr is not None:
            return results.declare(self, position, stmt, expr)
        differ = results.counts_differ(stmt)
        if differ is not None:
            self.builder.report.add(differ)
            self.break_targets(stmt)
            return []
        defines = defined(stmt)
        todo: list[Todo] = []
        for number, one in enumerate(defines):
            order = (position, number) if len(defines) > 1 else (position,)
            todo.extend(self._declare_one(position, stmt, one, order))
        return todo

    def _declare_one(
        self, position: int, stmt: tree.Stmt, defines: Defines, order: tuple[int, ...]
    ) -> Sequence[Todo]:
        places = index.declare(self.builder, defines.index, Where(self.scope(position)))
        if isinstance(places, Failed):
            self.break_targets(stmt)
            return []
        statement = self.statement(defines, order, tuple(p.index for p in places))
        members = [(p, self.lazy(defines, statement, p, position)) for p in places]
        self.enter(defines, members)
        return [lazy.get for _, lazy in members]

    def break_targets(self, stmt: tree.Stmt) -> None:
        """The names of a statement that failed exist, but are worth nothing."""
        for target in (n for n in tree.children(stmt) if isinstance(n, tree.Target)):
            self.break_name(
                target.name.name, target.name.span, is_stream=isinstance(stmt, tree.Stream)
            )
        if isinstance(stmt, tree.Head):
            self._break_heads(stmt.index_span)

    def _break_heads(self, span: Span) -> None:
        """Some head exists of which nothing is known."""
        self.heads = self.heads or Family("head", span, "head")
        self.heads.broken = True

    def break_name(self, name: str, span: Span, *, is_stream: bool = False) -> None:
        """A name that exists but is worth nothing."""
        if self.outer.find(name) is None and name not in self.names:
            family = Family(name, span, "broken", broken=True)
            self.names[name] = StreamName(family, self) if is_stream else family

    def statement(
        self, defines: Defines, order: tuple[int, ...], members: tuple[Index, ...]
    ) -> Statement:
        """A statement of this body and iteration, with the members that it declares."""
        self.builder.unrolled.add(len(members), defines.span)
        lead = self.host.index if self.host else ()
        made = Statement(
            defines.keyword,
            defines.name,
            self.iteration,
            family=bool(defines.index or any(members) or (self.host and self.host.index)),
            order=(*self.path, *order),
            span=defines.span,
            members=tuple((*lead, *member) for member in members),
            caller=self.host.caller if self.host else None,
        )
        self.builder.statements.append(made)
        return made

    def lazy(
        self, defines: Defines, statement: Statement, place: index.Place, position: int
    ) -> Lazy[MemberValue]:
        """The value of a member, computed when it is first needed."""
        b = self.builder

        def compute() -> MemberValue:
            owner = Owner(statement, place.index, self.may_own(defines.keyword), self.host)
            return defines.compute(b, Where(self.scope(position).inside(place.names), owner))

        def in_circle() -> MemberValue:
            b.report.add(NameInACircle(defines.name, defines.name_span))
            return b.nothing(Owner(statement, place.index, False, self.host), defines.span)

        return Lazy(compute, in_circle)

    def may_own(self, keyword: Keyword) -> bool:
        """Whether a statement of this body may own weights."""
        return keyword in OWNERS and (self.host is None or self.host.may_own)

    def enter(self, defines: Defines, members: Declared) -> None:
        if defines.keyword == "head":
            if self.iteration:
                self.builder.report.add(HeadInRepeat(defines.span))
            self.heads = self.heads or _family(defines)
            self._add(self.heads, defines, members)
        elif defines.moves:
            self.moves.enter(defines, members)
        else:
            self._enter_piece(defines, members)

    def _enter_piece(self, defines: Defines, members: Declared) -> None:
        """A definition of its own, or one more piece of a family."""
        known = self.names.get(defines.name)
        stream = defines.keyword == "stream"
        family = known.family if isinstance(known, StreamName) else known
        alike = isinstance(known, StreamName) == stream
        if isinstance(family, Family) and alike and family.arity and defines.index:
            self._add(family, defines, members)
            return
        fresh = _family(defines)
        self._add(fresh, defines, members)
        symbol = StreamName(fresh, self) if stream else fresh
        self.enter_name(defines.name, defines.name_span, symbol)

    def _add(self, family: Family, defines: Defines, members: Declared) -> None:
        arity = len(defines.index or ())
        add_piece(family, defines.name_span, arity, members, self.builder.report)

    def enter_name(self, name: str, span: Span, symbol: Symbol) -> None:
        first = self._before(name, span, symbol.keyword if isinstance(symbol, Family) else "")
        if first is None:
            self.names[name] = symbol
        elif isinstance(first, StreamName) and self.iteration:
            hint = f"a level moves the stream by `<-`: `{name} <- …`"
            self.builder.report.add(NameTwice(name, first.span, span, hint))
        elif is_source(first):
            self.builder.report.add(NameTwice(name, first.span, span, TAKEN))
        else:
            self.builder.report.add(NameTwice(name, first.span, span))

    def _before(self, name: str, span: Span, keyword: str = "") -> Symbol | None:
        """What a name would declare for a second time."""
        own = self.names.get(name)
        return own or declared_before(self.builder, self.outer, name, span, keyword)

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
        iterations = self._iterations(stmt, position)
        for names in iterations:
            self.levels += 1
            body = self._iterate(stmt, position, self.levels, names, run.last)
            run.bodies.append(body)
            run.moved.update(body.moved())
        self.runs[position] = run
        self.moves.refuse_doubles(run.moved)
        return run

    def _iterate(
        self,
        stmt: tree.Repeat,
        position: int,
        number: int,
        names: Mapping[str, Symbol],
        previous: Body | None,
    ) -> Body:
        came_in: dict[str, Moment] = {}  # else each iteration would ask all those before it

        def entry(stream: StreamName) -> Moment:
            if stream.name not in came_in:
                came_in[stream.name] = (
                    previous.after(stream) if previous else self.moment(stream, position)
                )
            return came_in[stream.name]

        self.builder.unrolled.add(1, stmt.head_span)
        outer = self.scope(position).inside(names)
        iteration = (*self.iteration, number)
        path = (*self.path, position, number)
        body = Body(self.builder, outer, iteration, path, stmt.body, entry, self.host)
        body.run()
        return body

    def _iterations(self, stmt: tree.Repeat, position: int) -> Sequence[Mapping[str, Symbol]]:
        """What the variable of a repeat is bound to in each iteration."""
        where = Where(self.scope(position))
        values = repeated(self.builder, stmt.over, where)
        if isinstance(values, Failed):
            return []
        if not values:
            self.builder.report.add(EmptyRepeat(stmt.head_span))
        if stmt.name is None:
            return [{} for _ in values]
        name, span = stmt.name.name, stmt.name.span
        first = self._before(name, span)
        if first is not None:
            self.builder.report.add(NameTwice(name, first.span, span))
            return []
        return [{name: bound(name, span, value)} for value in values]


def _family(defines: Defines) -> Family:
    arity = len(defines.index or ())
    return Family(defines.name, defines.name_span, defines.keyword, arity)
