"""Values of a column where they are written out: a list, a range, or the members of a set."""

from __future__ import annotations

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.option_values import plain
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing import sets
from mtlspec.graph.naming.scope import Constants
from mtlspec.graph.values import Bare, Failed, IndexSet
from mtlspec.syntax import tree


def read_listed(b: Builder, expr: tree.Expr | tree.Range, where: Where) -> object:
    """`[a, "b c"]`, `0..29` or a set, as a tuple; what is none of them stays as it is.

    A bare word in a list is the text that it is, whatever else is called so, for the values of a
    column belong to no namespace; a param alone stands for its value.
    """
    if isinstance(expr, tree.Range):
        found = sets.index_set(b, expr, where)
        return found if isinstance(found, Failed) else found.labels
    if isinstance(expr, tree.Array):
        items = [as_written(b, item, where) for item in expr.items]
        return next((i for i in items if isinstance(i, Failed)), tuple(items))
    match found := express.value(b, expr, where):
        case IndexSet():
            return found.labels
        case Bare(name):
            return express.unknown_name(b, name, expr.span, where, role="a list or a set")
        case _:
            return plain(found)


def as_written(b: Builder, item: tree.Expr, where: Where) -> object:
    """A text for a bare word that is no param; anything else is the constant that it is."""
    if isinstance(item, tree.Name) and not isinstance(where.scope.find(item.name), Constants):
        return item.name
    return plain(express.value(b, item, where))
