"""What leads where in a graph: the weights that reach a prediction, and what computing it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import prod

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Apply, Column, Held, Mix, Node, WeightsOf
from mtlspec.types import Axis, Tensor
from mtlspec.words.ops import Op

TABLE = "table "
"""How the key of a shared table begins."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The nodes that predictions are computed from, and the owners whose weights they read."""

    computed: frozenset[str]
    owners: frozenset[str]


def reached(graph: Graph, keys: Iterable[str], without: Collection[str] = ()) -> Reached:
    """What values are computed from, on the ways that do not lead through some nodes.

    To read the weights of another value is not to read that value.
    """
    computed: set[str] = set()
    owners: set[str] = set()
    waiting = [key for key in keys if key not in without]
    while waiting:
        key = waiting.pop()
        if key in computed:
            continue
        computed.add(key)
        node = graph.node(key)
        owners.update(owned_by(node))
        if isinstance(node.role, WeightsOf):
            if node.role.owner not in without:
                owners.add(node.role.owner)
        else:
            waiting.extend(source for source in node.inputs if source not in without)
    return Reached(frozenset(computed), frozenset(owners))


def shortest_way(graph: Graph, start: str, ends: Collection[str]) -> list[Node]:
    """The nodes from one to the nearest of others; empty where there is no way."""
    before: dict[str, str | None] = {start: None}
    waiting = [start]
    for key in waiting:
        if key in ends:
            way = [key]
            while (last := before[way[-1]]) is not None:
                way.append(last)
            return [graph.node(step) for step in reversed(way)]
        for reader in graph.readers(graph.node(key)):
            if reader.key not in before:
                before[reader.key] = key
                waiting.append(reader.key)
    return []


def owned_by(node: Node) -> Iterator[str]:
    """The keys of what a node owns: its own, or that of a shared table."""
    if node.parameters:
        yield node.key
    if isinstance(node.role, Column) and node.role.field.table is not None:
        yield f"{TABLE}{node.role.field.table.name}"


def parameters_of(graph: Graph, owners: Iterable[str]) -> int:
    """The numbers that owners learn; a table whose rows only the data know counts as none."""
    keys = tuple(owners)
    tables = [key.removeprefix(TABLE) for key in keys if key.startswith(TABLE)]
    nodes = (graph.node(key) for key in keys if not key.startswith(TABLE))
    return graph.learned(nodes) + sum(map(graph.learned_by_table, tables))


def multiply_adds(graph: Graph, keys: Iterable[str]) -> int:
    """What nodes take for one row; what is alike for all rows is computed once, and not counted."""
    return sum(_cost(graph, graph.node(key)) for key in keys)


def _cost(graph: Graph, node: Node) -> int:
    if not isinstance(node.type, Tensor) or not node.type.rows:
        return 0
    inputs = graph.inputs(node)
    match node.role:
        case Apply(op=op, lent=lent):
            assert isinstance(op.word, Op)
            *values, last = inputs or (node,)
            held = last.role if lent and isinstance(last.role, Held) else None
            given = values if held else inputs
            types = [n.type for n in given if isinstance(n.type, Tensor)]
            owned = held.parameters if held else node.parameters
            return op.word.multiply_adds(op.options, types, node.type, owned)
        case Mix(candidates=count):
            return count * _size(node.type)
        case _:
            return 0


def _size(kind: Tensor) -> int:
    return prod(dim.length if isinstance(dim, Axis) else dim for dim in kind.shape)
