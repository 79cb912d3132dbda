"""Families that are defined in pieces, by several statements."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label, Report
from mtlspec.graph.indexing.index import Place
from mtlspec.graph.naming.scope import Family, Lazy, MemberValue
from mtlspec.graph.node import show_index
from mtlspec.source import Span


class DefinedTwice(Error):
    """The pieces of a family do not overlap.

    What it means: two statements define the same member.

    Example:
        head[task]   = h
        head[income] = h

    Instead:
        head[t in task[!income]] = h      # or leave one of the two out

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


class PiecesDiffer(Error):
    """The pieces of a family have the same number of indices.

    What it means: two statements define one name with unlike indices.

    Example:
        layer f[task] = features -> mlp(8)
        layer f[task, 2] = features -> mlp(8)

    Instead: give one of the two another name, or the shorter one an index more:
        layer f[click, 1] = features -> mlp(8)
        layer f[t in task[!click], 2] = features -> mlp(8)

    Why: a family is one map from index tuples to values.
    """

    id = "MTL0224"
    title = "the pieces of a family have the same number of indices"
    name: str
    first: Span
    second: Span
    shorter: Span | None = None
    """The piece that has one index less."""

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, f"`{self.name}` again, with other indices", primary=True),
            Label(self.first, "first here"),
        ]

    def help(self) -> str:
        if self.shorter is None or not self.shorter.text.endswith("]"):
            return ""
        longer = f"{self.name}{self.shorter.text.removesuffix(']')}, 1]"
        return f"give the shorter one an index more, of one member: `{longer}`"


def add_piece(
    family: Family,
    span: Span,
    arity: int,
    members: Sequence[tuple[Place, Lazy[MemberValue]]],
    report: Report,
) -> None:
    """Adds a statement's members to a family, which stays in the order of its sets."""
    if family.broken:
        return
    if arity != family.arity:
        shorter = family.span if family.arity < arity else span
        near = abs(family.arity - arity) == 1
        report.add(PiecesDiffer(family.name, family.span, span, shorter if near else None))
        family.broken = True
        return
    for place, lazy in members:
        key = place.index
        if key in family.members:
            name = family.name + show_index(key)
            report.add(DefinedTwice(name, family.spans[key], span))
            return
        family.members[key] = lazy
        family.spans[key] = span
        family.ranks[key] = place.ranks
    order = sorted(family.members, key=family.ranks.__getitem__)
    family.members = {key: family.members[key] for key in order}
