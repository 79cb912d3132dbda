"""Families that are defined in pieces, by several statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label, Report
from mtlspec.graph.node import Index, show_index
from mtlspec.graph.scope import Family, Lazy, MemberValue, Scope, Sets
from mtlspec.graph.values import FAILED, IndexSet
from mtlspec.source import Span


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


def add_piece(
    family: Family,
    span: Span,
    lazies: Mapping[Index, Lazy[MemberValue]],
    scope: Scope,
    report: Report,
) -> None:
    """Adds a statement's members to a family, which stays in the order of its sets."""
    for key, lazy in lazies.items():
        if key in family.members:
            name = family.name + show_index(key)
            report.add(DefinedTwice(name, family.spans[key], span))
            return
        if family.members and len(key) != family.arity:
            report.add(PiecesDiffer(family.name, family.span, span))
            return
        family.members[key] = lazy
        family.spans[key] = span
    family.members = _ordered(family.members, scope)


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
