"""Splits banks whose members wait for one another.

`z[t] = … z[t - 1] …` makes a bank of all z wait for itself. Such banks are cut by the level of
their members: how many members of the circle have to be computed before.
"""

from collections.abc import Mapping
from dataclasses import replace

import networkx as nx

from mtlspec.plan.plan import Bank, Inner, Operand, Plan, Reading, Source
from mtlspec.plan.providers import key_of, with_key

Place = tuple[str, int]
"""A member of a bank: the bank's key and the member's position."""


def break_circles(plan: Plan) -> Plan:
    """The same plan with every bank waiting for other banks alone."""
    waits: nx.DiGraph[str] = nx.DiGraph()
    waits.add_nodes_from(bank.key for bank in plan.banks)
    for bank in plan.banks:
        waits.add_edges_from((p, bank.key) for p in bank.providers if p in plan.by_key)
    cuts: dict[str, list[list[int]]] = {}
    for circle in nx.strongly_connected_components(waits):
        key = next(iter(circle))
        if len(circle) > 1 or waits.has_edge(key, key):
            cuts.update(_levels(plan, circle))
    return _cut(plan, cuts) if cuts else plan


def _levels(plan: Plan, circle: set[str]) -> dict[str, list[list[int]]]:
    """For each bank of a circle, its members' positions by level."""
    members: nx.DiGraph[Place] = nx.DiGraph()
    for key in circle:
        bank = plan.by_key[key]
        members.add_nodes_from((key, member) for member in range(len(bank.members)))
        for reading in bank.readings():
            for member, source in enumerate(reading.sources):
                if source.provider in circle:
                    members.add_edge((source.provider, source.position or 0), (key, member))
    level: dict[Place, int] = {}
    for place in nx.topological_sort(members):
        level[place] = max((level[p] + 1 for p in members.predecessors(place)), default=0)
    cuts: dict[str, dict[int, list[int]]] = {key: {} for key in circle}
    for (key, member), depth in sorted(level.items()):
        cuts[key].setdefault(depth, []).append(member)
    return {key: list(parts.values()) for key, parts in cuts.items()}


def _cut(plan: Plan, cuts: Mapping[str, list[list[int]]]) -> Plan:
    moved: dict[Place, Source] = {}
    for key, parts in cuts.items():
        for number, part in enumerate(parts):
            for position, member in enumerate(part):
                stacked = plan.by_key[key].stacked
                moved[key, member] = Source(f"{key}.{number}", position if stacked else None)
    banks: list[Bank] = []
    for bank in plan.banks:
        parts = cuts.get(bank.key)
        if parts is None:
            banks.append(_part(bank, bank.key, range(len(bank.members)), moved))
            continue
        for number, part in enumerate(parts):
            banks.append(_part(bank, f"{bank.key}.{number}", part, moved))
    heads = {
        task: replace(head, sources=tuple(_moved(source, moved) for source in head.sources))
        for task, head in plan.heads.items()
    }
    return replace(plan, banks=tuple(banks), heads=heads)


def _part(bank: Bank, key: str, part: range | list[int], moved: Mapping[Place, Source]) -> Bank:
    def operand(old: Operand) -> Operand:
        if isinstance(old, Inner):
            return old
        return Reading(tuple(_moved(old.sources[member], moved) for member in part), old.type)

    cells = tuple(
        replace(
            cell,
            operands=tuple(map(operand, cell.operands)),
            owned=tuple(cell.owned[member] for member in part) if cell.owned else (),
        )
        for cell in bank.cells
    )
    members = tuple(bank.members[member] for member in part)
    return replace(bank, key=key, members=members, cells=cells)


def _moved(source: Source, moved: Mapping[Place, Source]) -> Source:
    found = moved.get((key_of(source.provider), source.position or 0))
    if found is None:
        return source
    return Source(with_key(source.provider, found.provider), found.position)
