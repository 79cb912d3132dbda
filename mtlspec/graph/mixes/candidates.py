"""The candidates of a mix: values and families, left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.node import Index, Node
from mtlspec.graph.values import Absent, Members
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import UNKNOWN, Tensor, Type


class NoCandidates(Error):
    """A mix needs something to mix.

    What it means: the list of candidates is empty for a member.

    Example:
        gate g[task] = e[2..] by features      # with a single expert

    Instead: list at least one candidate.

    Why: a weighted sum of nothing has no value and no width.
    """

    id = "MTL0503"
    title = "a mix needs at least one candidate"
    name: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.name}` is left with none", primary=True)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate: its index in its family, its value, where it is listed.

    `counted` tells that it is listed as a part of a family, of which there may be any number.
    """

    index: Index
    node: Node
    span: Span
    counted: bool = False


def read_candidates(b: Builder, exprs: Sequence[tree.Expr], where: Where) -> list[Candidate]:
    """The candidates in order, families member by member."""
    found: list[Candidate] = []
    for expr in exprs:
        match value := express.value(b, expr, where):
            case Members():
                members = value.members.items()
                found.extend(Candidate(key, node, expr.span, counted=True) for key, node in members)
            case Absent():
                pass
            case _:
                node = express.single(b, value, expr, where)
                index = where.owner.index_here(node) if where.owner else node.site.index
                found.append(Candidate(index, node, expr.span))
    return found


def mixed_type(candidates: Sequence[Node]) -> Type:
    """The type of a mix; unknown where the candidates differ, which a rule of `check` reports."""
    types = [node.type for node in candidates]
    first = types[0]
    if not isinstance(first, Tensor):
        return UNKNOWN
    found = [t for t in types if isinstance(t, Tensor) and t.shape == first.shape]
    rows = any(t.rows for t in found)
    return Tensor(first.shape, rows=rows) if len(found) == len(types) else UNKNOWN


def joined_type(candidates: Sequence[Node], like: Node) -> Type:
    """The type of a mix by matrices: as wide as one of the candidates, however wide others are."""
    types = [node.type for node in candidates]
    found = [t for t in types if isinstance(t, Tensor) and t.shape]
    if len(found) < len(types) or len({t.shape[:-1] for t in found}) > 1:
        return UNKNOWN
    assert isinstance(like.type, Tensor)
    return Tensor(like.type.shape, rows=any(t.rows for t in found))
