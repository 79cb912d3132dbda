"""Puts every bank behind those that it reads, else in the order of the spec."""

from dataclasses import replace

import networkx as nx

from mtlspec.plan.plan import Plan


def order_banks(plan: Plan) -> Plan:
    """The same banks in an order of computation."""
    waits: nx.DiGraph[str] = nx.DiGraph()
    waits.add_nodes_from(bank.key for bank in plan.banks)
    for bank in plan.banks:
        waits.add_edges_from((p, bank.key) for p in bank.providers if p in plan.by_key)
    place = {bank.key: number for number, bank in enumerate(plan.banks)}
    order = nx.lexicographical_topological_sort(waits, key=place.__getitem__)
    return replace(plan, banks=tuple(plan.by_key[key] for key in order))
