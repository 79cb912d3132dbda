"""The graph: a frozen NetworkX graph of nodes in the order in which they were built."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import cast

import networkx as nx

from mtlspec.graph.node import (
    Apply,
    Column,
    Input,
    Mix,
    Node,
    Prediction,
    Statement,
    Term,
)
from mtlspec.graph.schema import FeatureField, Schema, TaskField
from mtlspec.types import Tensor
from mtlspec.words.features import Table
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op


@dataclass(frozen=True)
class Graph:
    """A model as nodes and edges from inputs to what reads them.

    `nx` holds each `Node` under its key as the attribute `node`; insertion order is an order of
    evaluation. `name` is the model's, `heads` maps a task to the keys of its predictions (several
    of an ensemble), `terms` are the keys of the loss terms.
    """

    name: str
    nx: "nx.DiGraph[str]"
    schema: Schema
    heads: dict[str, tuple[str, ...]]
    terms: tuple[str, ...]
    statements: tuple[Statement, ...]

    def node(self, key: str) -> Node:
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Node]:
        return {key: data["node"] for key, data in self.nx.nodes.items()}

    def nodes(self) -> Iterator[Node]:
        """All nodes, inputs before their readers."""
        return iter(self._by_key.values())

    def inputs(self, node: Node) -> tuple[Node, ...]:
        return tuple(self.node(key) for key in node.inputs)

    def readers(self, node: Node) -> tuple[Node, ...]:
        return tuple(self.node(key) for key in self.nx.successors(node.key))

    @cached_property
    def live(self) -> frozenset[str]:
        """The keys of the nodes that reach a head or a loss: what is built."""
        roots = (key for keys in self.heads.values() for key in keys)
        return frozenset(self.above((*roots, *self.terms)))

    def above(self, keys: Iterable[str]) -> set[str]:
        """The keys of these nodes and of all that they are made from."""
        waiting, reached = [*keys], set[str]()
        while waiting:  # once through the graph, however many keys there are
            key = waiting.pop()
            if key not in reached:
                reached.add(key)
                waiting.extend(self.nx.predecessors(key))
        return reached

    def built(self) -> Iterator[Node]:
        """The live nodes, inputs before their readers."""
        return (node for node in self.nodes() if node.key in self.live)

    def mixes(self) -> Iterator[tuple[Node, Mix]]:
        for node in self.nodes():
            if isinstance(node.role, Mix):
                yield node, node.role

    @property
    def features(self) -> tuple[FeatureField, ...]:
        """The features that the built model reads, in the schema's order."""
        roles = (node.role for node in self.built())
        read = {role.field.name for role in roles if isinstance(role, Input)}
        return tuple(field for field in self.schema.features if field.name in read)

    @property
    def embedded(self) -> tuple[FeatureField, ...]:
        """The features that are read through the schema's shared tables."""
        read = {n.role.field.name for n in self.built() if isinstance(n.role, Column)}
        return tuple(field for field in self.schema.features if field.name in read)

    @cached_property
    def aligned(self) -> tuple[tuple[str, str], ...]:
        """The pairs of features whose token axes meet in the built model."""
        found: dict[tuple[str, str], None] = {}
        for node in self.built():
            if isinstance(node.role, Apply) and not cast("Op", node.role.op.word).pairs:
                continue
            types = [n.type for n in self.inputs(node) if isinstance(n.type, Tensor)]
            columns = dict.fromkeys(axis.column for t in types for axis in t.tokens)
            first, *others = columns or ("",)
            found |= {(first, other): None for other in others}
        return tuple(found)

    @property
    def tasks(self) -> tuple[TaskField, ...]:
        """The tasks that have a head, in the schema's order."""
        return tuple(task for task in self.schema.tasks if task.name in self.heads)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The schema's shared tables, by the names of the features that own them."""
        return {f.table.name: f.table for f in self.schema.features if f.table is not None}

    def parameter_count(self) -> int:
        """Numbers learned by the built model; a table counts whose rows the spec knows."""
        shared = {field.table.name for field in self.embedded if field.table is not None}
        return self.learned(self.built()) + sum(map(self.learned_by_table, shared))

    def learned(self, nodes: Iterable[Node]) -> int:
        """Numbers that nodes own."""
        return sum(self._numbers(p) for node in nodes for p in node.parameters)

    def learned_by_table(self, name: str) -> int:
        """Numbers of a shared table, none where only the data know its rows."""
        table = self.tables[name]
        return (table.rows or 0) * table.width

    def _numbers(self, parameter: Parameter) -> int:
        if parameter.rows_of is None:
            return prod(parameter.shape)
        return (self.tables[parameter.rows_of].rows or 0) * prod(parameter.shape[1:])


def freeze(
    name: str,
    nodes: Collection[Node],
    schema: Schema,
    statements: tuple[Statement, ...],
) -> Graph:
    """A frozen graph of nodes given inputs first."""
    network: nx.DiGraph[str] = nx.DiGraph()
    heads: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        network.add_node(node.key, node=node)
        network.add_edges_from((source, node.key) for source in node.inputs)
        if isinstance(node.role, Prediction):
            task = node.role.task.name
            heads[task] = (*heads.get(task, ()), node.key)
    order = {task.name: place for place, task in enumerate(schema.tasks)}
    ordered = dict(sorted(heads.items(), key=lambda item: order.get(item[0], len(order))))
    terms = tuple(node.key for node in nodes if isinstance(node.role, Term))
    return Graph(name, nx.freeze(network), schema, ordered, terms, statements)
