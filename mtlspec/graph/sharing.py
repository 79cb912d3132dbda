"""What tasks share: the last layers that lead to all of them, and the names of their weights."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Apply, Node
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op


def last_shared(graph: Graph) -> tuple[Node, ...]:
    """The nodes that own a matrix, lead to every task and to no other such node, in order.

    A node leads to a task whose loss moves it. A learned array stands where values of rows meet it
    first, not where it is declared. Tables and what is frozen are no matrices here, nor are
    biases, norms and a stitch's coefficients.
    """
    nodes = tuple(graph.nodes())
    shared = {node.key for node in nodes}
    for task in graph.tasks:
        if task.trained:
            shared &= _moved_by(graph, nodes, graph.heads[task.name])
    owners = {n.key for n in nodes if n.key in shared and any(map(_is_matrix, n.parameters))}
    places = _places(nodes, owners)
    used = {place for found in places.values() for place in found}
    leading: set[str] = set()
    for node in reversed(nodes):  # readers before what they read
        if any(reader in used or reader in leading for reader in graph.nx.successors(node.key)):
            leading.add(node.key)
    return tuple(n for n in nodes if n.key in owners and not places[n.key] <= leading)


def tasks_of(graph: Graph) -> Mapping[str, frozenset[str]]:
    """The trained tasks whose losses move each node, by the node's key."""
    nodes = tuple(graph.nodes())
    moved = {
        task.name: _moved_by(graph, nodes, graph.heads[task.name])
        for task in graph.tasks
        if task.trained
    }
    return {n.key: frozenset(name for name, keys in moved.items() if n.key in keys) for n in nodes}


def _moved_by(graph: Graph, nodes: Sequence[Node], heads: Iterable[str]) -> set[str]:
    """What a loss of these predictions has a gradient for."""
    moved = set(heads)
    for node in reversed(nodes):
        readers = (reader for reader in graph.readers(node) if reader.key in moved)
        if any(_passes_gradient(reader) for reader in readers):
            moved.add(node.key)
    return moved


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


def _passes_gradient(node: Node) -> bool:
    op = node.role.op.word if isinstance(node.role, Apply) else None
    return not isinstance(op, Op) or op.passes_gradient


def _is_matrix(parameter: Parameter) -> bool:
    learned = parameter.matrix and not parameter.frozen
    return learned and len(parameter.shape) >= 2 and parameter.rows_of is None
