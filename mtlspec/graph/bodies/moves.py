"""Moves: what `<-` gives the streams of a body, to take effect at the end of the iteration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mtlspec.graph.bodies.statements import Defines
from mtlspec.graph.bodies.streams import MovedTwice, MoveOutsideRepeat
from mtlspec.graph.indexing.index import Place
from mtlspec.graph.indexing.membership import NoSuchMember
from mtlspec.graph.naming.scope import Lazy, MemberValue, StreamName, Symbol
from mtlspec.graph.node import Index, show_index
from mtlspec.source import Span

if TYPE_CHECKING:
    from mtlspec.graph.bodies.body import Body

Declared = Sequence[tuple[Place, Lazy[MemberValue]]]
"""Members of a statement, each with its value to be."""


@dataclass(slots=True)
class Moves:
    """The next values of streams. `spans` tells of each stream where it is moved."""

    body: Body
    members: dict[str, dict[Index, Lazy[MemberValue]]] = field(
        default_factory=dict[str, dict[Index, Lazy[MemberValue]]]
    )
    spans: dict[str, Span] = field(default_factory=dict[str, Span])
    member_spans: dict[tuple[str, Index], Span] = field(
        default_factory=dict[tuple[str, Index], Span]
    )

    def enter(self, defines: Defines, members: Declared) -> None:
        """Moves the members that a statement declares."""
        stream = self.stream(defines.name, defines.name_span)
        if stream is None:
            self.body.break_name(defines.name, defines.name_span)
            return
        for place, lazy in members:
            self.move(stream, defines.name_span, place.index, lazy)

    def stream(self, name: str, span: Span) -> StreamName | None:
        """The stream of that name, if it may be moved here."""
        symbol = self.body.outer.find(name) or self.body.names.get(name)
        why = self._why_not(symbol)
        if isinstance(symbol, StreamName) and not why:
            self.spans.setdefault(name, span)
            return symbol
        declared = symbol.span if symbol else None
        self.body.builder.report.add(MoveOutsideRepeat(name, why, span, declared))
        return None

    def move(self, stream: StreamName, span: Span, key: Index, lazy: Lazy[MemberValue]) -> None:
        """Gives a member its next value."""
        report, name = self.body.builder.report, stream.name
        known = stream.family.moment()
        if stream.family.broken:
            return
        if key not in known:
            shown = tuple(f"`{name}{show_index(k)}`" for k in known)
            report.add(NoSuchMember(name, show_index(key), span, shown, stream.span))
        elif (name, key) in self.member_spans:
            first = self.member_spans[name, key]
            report.add(MovedTwice(name + show_index(key), first, span))
        else:
            self.members.setdefault(name, {})[key] = lazy
            self.member_spans[name, key] = span

    def refuse_doubles(self, inner: Mapping[str, Span]) -> None:
        """An inner repeat counts as one step: what it moves is not moved again."""
        for name, span in self.spans.items():
            if name in inner:
                keys = [key for known, key in self.member_spans if known == name]
                shown = name + show_index(keys[0] if len(keys) == 1 else ())
                self.body.builder.report.add(MovedTwice(shown, inner[name], span))

    def _why_not(self, symbol: Symbol | None) -> str:
        if not self.body.iteration:
            return "there is no `repeat` around it"
        if symbol is None:
            return "no stream of this name is declared outside the `repeat`"
        if not isinstance(symbol, StreamName):
            return "it is not a stream"
        return "it is declared in this iteration" if symbol.body is self.body else ""
