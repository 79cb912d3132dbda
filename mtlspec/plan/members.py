"""The members of statements, in the order of the spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Index, Node, Site, Statement
from mtlspec.plan.cut import Member


def by_statement(graph: Graph) -> list[tuple[Statement, list[Member]]]:
    """The built nodes by statement, then by member, in the order of the spec."""
    found: dict[Statement, dict[Index, list[Node]]] = {}
    for node in graph.built():
        if node.site.statement.keyword != "features":
            members = found.setdefault(node.site.statement, {})
            members.setdefault(node.site.index, []).append(node)
    places = _Places()
    return [
        (statement, places.in_order(members.values()))
        for statement, members in sorted(found.items(), key=lambda item: item[0].order)
    ]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where members stand in their statements, each of which is gone through once."""

    known: dict[int, dict[Index, int]] = field(default_factory=dict[int, dict[Index, int]])

    def in_order(self, members: Iterable[list[Node]]) -> list[Member]:
        """Members in the order of their sets; those of a component, in the order of its calls."""
        ordered = sorted(members, key=lambda nodes: self.place(nodes[0].site))
        return [Member(nodes[0].site.index, tuple(nodes)) for nodes in ordered]

    def place(self, site: Site | None) -> tuple[int, ...]:
        if site is None:
            return ()
        return (*self.place(site.of_caller), self._of(site.statement)[site.index])

    def _of(self, statement: Statement) -> dict[Index, int]:
        if id(statement) not in self.known:
            self.known[id(statement)] = {m: n for n, m in enumerate(statement.members)}
        return self.known[id(statement)]
