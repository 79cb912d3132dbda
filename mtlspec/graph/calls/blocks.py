"""`block n = recipe`: an instance of a recipe, whose weights every use shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.loans import Loan
from mtlspec.graph.expressions import express
from mtlspec.graph.node import Node
from mtlspec.graph.values import Failed, Instance, Recipe, describe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Unknown


class BlockOfValue(Error):
    """A block is an instance of a recipe.

    What it means: what stands right of the `=` is no op, component or chain of them without its
    value.

    Example:
        block same = features -> linear(32)

    Instead:
        block same = linear(32)
        layer a = features -> same

    Why: a block is made once and used by whatever flows into it; a value is computed once, and
    `layer` names it.
    """

    id = "MTL0531"
    title = "a `block` is an instance of a recipe"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]

    def help(self) -> str:
        return "write the recipe alone: `block n = linear(32)`, and let values flow into `n`"


def block(b: Builder, statement: tree.Block, where: Where) -> Instance | Node:
    """One member of a block; it makes nothing until a value flows in."""
    assert where.owner is not None
    owner = replace(where.owner, may_own=True)
    found = express.value(b, statement.value, Where(where.scope, owner))
    if isinstance(found, Recipe):
        name = statement.target.name.name
        return Instance(name, found, Loan(name, where.owner))
    failed = isinstance(found, Node) and isinstance(found.type, Unknown)
    if not failed and not isinstance(found, Failed):
        b.report.add(BlockOfValue(describe(found), statement.value.span))
    return b.nothing(where.owner, statement.span)
