"""What tasks share: the last layers that lead to all of them, and the names of their weights."""

from collections.abc import Iterator

import networkx as nx

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Node
from mtlspec.words.initialisers import Parameter


def last_shared(graph: Graph) -> tuple[Node, ...]:
    """The nodes that own a matrix, lead to every task and to no other such node, in order.

    Tables are no matrices here, nor are biases, norms and a stitch's coefficients.
    """
    shared: set[str] = set(graph.nx.nodes)
    for task in graph.tasks:
        if task.trained:
            above = (nx.ancestors(graph.nx, key) for key in graph.heads[task.name])
            shared &= set[str]().union(*above)
    nodes = tuple(graph.nodes())
    layers = {n.key for n in nodes if n.key in shared and any(map(_is_matrix, n.parameters))}
    leading: set[str] = set()
    for node in reversed(nodes):  # readers before what they read
        if any(reader in layers or reader in leading for reader in graph.nx.successors(node.key)):
            leading.add(node.key)
    return tuple(node for node in nodes if node.key in layers - leading)


def weight_names(node: Node) -> Iterator[str]:
    """The logical names of what a node learns: `mine@1[income, 2].0.weight`."""
    lead = f"{node.site.logical}.{node.inner}." if node.inner else f"{node.site.logical}."
    for parameter in node.parameters:
        yield f"{lead}{parameter.logical or parameter.name}"


def _is_matrix(parameter: Parameter) -> bool:
    return parameter.matrix and len(parameter.shape) >= 2 and parameter.rows_of is None
