"""What tasks share: the last layers that lead to all of them, and the names of their weights."""

from collections.abc import Iterator, Mapping, Sequence

import networkx as nx

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Node
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter


def last_shared(graph: Graph) -> tuple[Node, ...]:
    """The nodes that own a matrix, lead to every task and to no other such node, in order.

    A learned array stands where values of rows meet it first, not where it is declared. Tables are
    no matrices here, nor are biases, norms and a stitch's coefficients.
    """
    shared: set[str] = set(graph.nx.nodes)
    for task in graph.tasks:
        if task.trained:
            above = (nx.ancestors(graph.nx, key) for key in graph.heads[task.name])
            shared &= set[str]().union(*above)
    nodes = tuple(graph.nodes())
    owners = {n.key for n in nodes if n.key in shared and any(map(_is_matrix, n.parameters))}
    places = _places(nodes, owners)
    used = {place for found in places.values() for place in found}
    leading: set[str] = set()
    for node in reversed(nodes):  # readers before what they read
        if any(reader in used or reader in leading for reader in graph.nx.successors(node.key)):
            leading.add(node.key)
    return tuple(n for n in nodes if n.key in owners and not places[n.key] <= leading)


def _places(nodes: Sequence[Node], owners: set[str]) -> Mapping[str, set[str]]:
    """The values of rows that each owner's weights enter first: itself, if it is one."""
    places: dict[str, set[str]] = {key: set() for key in owners}
    carried: dict[str, set[str]] = {}
    for node in nodes:
        held = {node.key} & owners
        for key in node.inputs:
            held |= carried.get(key, set())
        if isinstance(node.type, Tensor) and node.type.rows:
            for owner in held:
                places[owner].add(node.key)
        elif held:
            carried[node.key] = held
    return places


def weight_names(node: Node) -> Iterator[str]:
    """The logical names of what a node learns: `mine@1[income, 2].0.weight`."""
    lead = f"{node.site.logical}.{node.inner}." if node.inner else f"{node.site.logical}."
    for parameter in node.parameters:
        yield f"{lead}{parameter.logical or parameter.name}"


def _is_matrix(parameter: Parameter) -> bool:
    return parameter.matrix and len(parameter.shape) >= 2 and parameter.rows_of is None
