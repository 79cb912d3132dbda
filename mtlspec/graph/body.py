"""Bodies: a model, or one iteration of a repeat, as a scope of definitions and moving streams.

A repeat is unrolled before anything is typed: iteration i is a body of its own. On entry a body
knows the names around it and the values that streams come in with; after `run` all its members
are nodes, and `after` tells the values that streams leave with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mtlspec.graph import index
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.membership import NoSuchMember
from mtlspec.graph.names import NameInACircle, NameTwice, NotBuilt
from mtlspec.graph.node import Index, Statement, show_index
from mtlspec.graph.pieces import add_piece
from mtlspec.graph.repeats import EmptyRepeat, bound, repeated
from mtlspec.graph.scope import (
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
from mtlspec.graph.streams import HeadInRepeat, MovedTwice, MoveOutsideRepeat
from mtlspec.graph.values import Failed
from mtlspec.source import Span
from mtlspec.syntax import tree

Declared = Sequence[tuple[index.Place, Lazy[MemberValue]]]
"""Members of a statement, each with its value to be."""


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
    names: dict[str, Symbol] = field(default_factory=dict[str, Symbol])
    heads: Family | None = None
    moves: dict[str, dict[Index, Lazy[MemberValue]]] = field(
        default_factory=dict[str, dict[Index, Lazy[MemberValue]]]
    )
    move_spans: dict[tuple[str, Index], Span] = field(default_factory=dict[tuple[str, Index], Span])
    runs: dict[int, Run | None] = field(default_factory=dict[int, Run | None])
    levels: int = 0
    """The iterations so far of all repeats in this body: they are numbered on, each once."""

    def run(self) -> None:
        """Declares everything, then computes every member, in the order of the file."""
        places = sorted(range(len(self.statements)), key=self._turn)
        todo = {place: self._declare(place, self.statements[place]) for place in places}
        for symbol in list(self.names.values()):
            if isinstance(symbol, Sets):
                symbol.value.get()
        for place, stmt in enumerate(self.statements):
            for lazy in todo[place]:
                lazy.get()
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
            return stream.family.members
        return self.entry(stream)

    def after(self, stream: StreamName) -> Moment:
        """A stream's value when this body ends; members that were not moved keep theirs."""
        before = self.moment(stream, len(self.statements))
        return {**before, **self.moves.get(stream.name, {})}

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
            found: list[Moment] = [s.members for s in own if isinstance(s, Family)]
            if found:
                return found
        return None

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
                self.builder.blind |= not stmt.names
                for ident in stmt.names:
                    self._break(ident, is_stream=stmt.keyword == "stream")
                if stmt.keyword == "head":
                    self._break_heads(stmt.span)
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
        statement = self._statement(defines, position, tuple(p.index for p in places))
        members = [(p, self._lazy(defines, statement, p, position)) for p in places]
        self._enter(defines, members)
        return [lazy for _, lazy in members]

    def _break_targets(self, stmt: tree.Stmt) -> None:
        """The names of a statement that failed exist, but are worth nothing."""
        for target in (n for n in tree.children(stmt) if isinstance(n, tree.Target)):
            self._break(target.name, is_stream=isinstance(stmt, tree.Stream))
        if isinstance(stmt, tree.Head):
            self._break_heads(stmt.index_span)

    def _break_heads(self, span: Span) -> None:
        """Some head exists of which nothing is known."""
        self.heads = self.heads or Family("head", span, "head")
        self.heads.broken = True

    def _break(self, name: tree.Ident, *, is_stream: bool) -> None:
        """A name that exists but is worth nothing."""
        if self.outer.find(name.name) is None and name.name not in self.names:
            family = Family(name.name, name.span, "broken", broken=True)
            self.names[name.name] = StreamName(family, self) if is_stream else family

    def _statement(self, defines: Defines, position: int, members: tuple[Index, ...]) -> Statement:
        made = Statement(
            defines.keyword,
            defines.name,
            self.iteration,
            family=bool(defines.index),
            order=(*self.path, position),
            span=defines.span,
            members=members,
        )
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
            b.report.add(NameInACircle(defines.name, defines.name_span))
            return b.nothing(Owner(statement, place.index, may_own=False), defines.span)

        return Lazy(compute, in_circle)

    def _enter(self, defines: Defines, members: Declared) -> None:
        if defines.keyword == "head":
            if self.iteration:
                self.builder.report.add(HeadInRepeat(defines.span))
            self.heads = self.heads or _family(defines)
            self._add(self.heads, defines, members)
        elif defines.moves:
            self._enter_move(defines, members)
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
        self._name(defines.name, defines.name_span, symbol)

    def _add(self, family: Family, defines: Defines, members: Declared) -> None:
        arity = len(defines.index or ())
        add_piece(family, defines.name_span, arity, members, self.builder.report)

    def _enter_move(self, defines: Defines, members: Declared) -> None:
        report, name = self.builder.report, defines.name
        symbol = self.outer.find(name) or self.names.get(name)
        why = self._why_not(symbol)
        if not isinstance(symbol, StreamName) or why:
            declared = symbol.span if symbol else None
            report.add(MoveOutsideRepeat(name, why, defines.name_span, declared))
            return
        for place, lazy in members:
            self._move(symbol, defines, place.index, lazy)

    def _move(
        self, stream: StreamName, defines: Defines, key: Index, lazy: Lazy[MemberValue]
    ) -> None:
        report, name = self.builder.report, stream.name
        if stream.family.broken:
            return
        if key not in stream.family.members:
            known = tuple(f"`{name}{show_index(k)}`" for k in stream.family.members)
            span = defines.name_span
            report.add(NoSuchMember(name, show_index(key), span, known, stream.span))
        elif (name, key) in self.move_spans:
            first = self.move_spans[name, key]
            report.add(MovedTwice(name + show_index(key), first, defines.name_span))
        else:
            self.moves.setdefault(name, {})[key] = lazy
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
        if first is not None:
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
        iterations = self._iterations(stmt, position)
        for names in iterations:
            self.levels += 1
            body = self._iterate(stmt, position, self.levels, names, run.last)
            run.bodies.append(body)
            run.moved.update(body.moved())
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
        came_in: dict[str, Moment] = {}  # else each iteration would ask all those before it

        def entry(stream: StreamName) -> Moment:
            if stream.name not in came_in:
                came_in[stream.name] = (
                    previous.after(stream) if previous else self.moment(stream, position)
                )
            return came_in[stream.name]

        outer = self.scope(position).inside(names)
        iteration = (*self.iteration, number)
        path = (*self.path, position, number)
        body = Body(self.builder, outer, iteration, path, stmt.body, entry)
        body.run()
        return body

    def _refuse_double_moves(self, run: Run) -> None:
        for (name, key), span in self.move_spans.items():
            if name in run.moved:
                shown = name + show_index(key)
                self.builder.report.add(MovedTwice(shown, run.moved[name], span))

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
        first = self.names.get(name) or self.outer.find(name)
        if first is not None:
            self.builder.report.add(NameTwice(name, first.span, span))
            return []
        return [{name: bound(name, span, value)} for value in values]


def _family(defines: Defines) -> Family:
    arity = len(defines.index or ())
    return Family(defines.name, defines.name_span, defines.keyword, arity)
