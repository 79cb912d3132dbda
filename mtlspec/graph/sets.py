"""Sets: ordered collections of labels that families are indexed by."""

from __future__ import annotations

from mtlspec.graph import express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.names import NameInACircle
from mtlspec.graph.scope import Lazy, Sets
from mtlspec.graph.values import FAILED, Failed, IndexSet
from mtlspec.syntax import tree


def read_set(b: Builder, declaration: tree.SetDecl, where: Where) -> Sets:
    """The symbol of `set n = …`; its members are worked out when they are first needed."""
    name = declaration.name

    def compute() -> IndexSet | Failed:
        if isinstance(declaration.value, tree.Braces):
            return express.braces(b, declaration.value, where, name.name)
        found = express.index_set(b, declaration.value, where)
        if isinstance(found, Failed):
            return FAILED
        return IndexSet(name.name, found.labels, found.home)

    def in_circle() -> IndexSet | Failed:
        b.report.add(NameInACircle(name.name, name.span))
        return FAILED

    return Sets(name.name, name.span, Lazy(compute, in_circle))
