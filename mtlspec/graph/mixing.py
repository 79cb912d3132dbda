"""Gates and stitches: candidates weighed by a router of computed or of learned scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mtlspec.diagnostics import Error, Label, Note
from mtlspec.graph import express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.call import apply, linear_layer
from mtlspec.graph.coefficients import initial_scores
from mtlspec.graph.node import Index, Mix, Node
from mtlspec.graph.options import read_model
from mtlspec.graph.values import Absent, Failed, Members
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import UNKNOWN, Tensor, Type
from mtlspec.words import registry
from mtlspec.words.initialisers import Parameter
from mtlspec.words.routers import GateOptions, StitchOptions


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class NoSelector(Error):
    """A gate needs something to choose by.

    What it means: what stands after `by` is `none`, or an empty part of a family.

    Example:
        gate g[task] = e by none

    Instead:
        gate g[task] = e by features
        stitch g[task] = e                 # coefficients that no row decides

    Why: a gate computes its coefficients from a value.
    """

    id = "MTL0507"
    title = "a gate needs a value to choose by"
    name: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.name}` is left with none", primary=True)]

    def help(self) -> str:
        return "a `stitch` mixes with coefficients that no value decides"


@dataclass(frozen=True)
class GateOfOne(Note):
    """A softmax gate with one candidate is that candidate, and owns nothing."""

    id = "gate-of-one"
    title = "a softmax gate with one candidate is that candidate"
    name: str
    span: Span

    def headline(self) -> str:
        return f"the gate `{self.name}` has one candidate and is that candidate"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


def gate(b: Builder, statement: tree.Gate, where: Where) -> Node:
    """Σ aᵢ cᵢ with a = router(W s): the selector decides, row by row."""
    assert where.owner is not None
    span = statement.span
    read = cast(
        "GateOptions | None",
        read_model(b, "gate", GateOptions, statement.options, where, span),
    )
    listed = _candidates(b, statement.candidates, where)
    candidates, places = [c.node for c in listed], tuple(c.span for c in listed)
    selectors = [n for expr in statement.selectors for n in express.nodes(b, expr, where)]
    if not candidates:
        b.report.add(NoCandidates(where.owner.statement.name, span))
    if not selectors:
        b.report.add(NoSelector(where.owner.statement.name, span))
    if read is None or not candidates or not selectors:
        return b.nothing(where.owner, span)
    if len(candidates) == 1 and read.router.word.name == "softmax":
        b.alone.add(candidates[0].site.statement.name)
        if not b.report.errors:  # else others may be missing
            b.report.add(GateOfOne(where.owner.statement.name, span))
        return candidates[0]
    scores = _scores(b, selectors, len(candidates), read, span, where)
    if isinstance(scores, Failed):
        return b.nothing(where.owner, span)
    inputs = (*candidates, scores)
    mix = Mix(read.router, len(candidates), places)
    return b.add(mix, _mixed(candidates), inputs, where.owner, span)


def stitch(b: Builder, statement: tree.Stitch, where: Where) -> Node:
    """Σ aᵢ cᵢ with a = router(ℓ), ℓ learned as it is."""
    assert where.owner is not None
    span = statement.span
    read = cast(
        "StitchOptions | None",
        read_model(b, "stitch", StitchOptions, statement.options, where, span),
    )
    listed = _candidates(b, statement.candidates, where)
    candidates, places = [c.node for c in listed], tuple(c.span for c in listed)
    if not candidates:
        b.report.add(NoCandidates(where.owner.statement.name, span))
    kind = _mixed(candidates) if candidates else UNKNOWN
    if read is None or not isinstance(kind, Tensor):
        inputs = tuple(candidates)
        if read is None or not candidates:
            return b.nothing(where.owner, span)
        mix = Mix(read.router, len(candidates), places)
        return b.add(mix, UNKNOWN, inputs, where.owner, span)
    initial = initial_scores(b, read, where.owner.index, [c.index for c in listed], where)
    if initial is None:
        return b.nothing(where.owner, span)
    shape = (len(candidates), kind.width if read.per == "channel" else 1)
    parameter = Parameter("mixing", shape, initial, len(candidates), matrix=False, lr=read.lr)
    scores = b.learn(parameter, where.owner, span, inner="")
    mix = Mix(read.router, len(candidates), places)
    return b.add(mix, kind, (*candidates, scores), where.owner, span)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate: its index in its family, its value, where it is listed."""

    index: Index
    node: Node
    span: Span


def _candidates(b: Builder, exprs: Sequence[tree.Expr], where: Where) -> list[Candidate]:
    """The candidates in order, families member by member."""
    found: list[Candidate] = []
    for expr in exprs:
        match value := express.value(b, expr, where):
            case Members():
                members = value.members.items()
                found.extend(Candidate(key, node, expr.span) for key, node in members)
            case Absent():
                pass
            case _:
                node = express.single(b, value, expr, where)
                found.append(Candidate(node.site.index, node, expr.span))
    return found


def _scores(
    b: Builder,
    selectors: Sequence[Node],
    count: int,
    read: GateOptions,
    span: Span,
    where: Where,
) -> Node | Failed:
    """ℓ = W s, one number per candidate; several selectors are joined."""
    places = [node.span for node in selectors]
    selector: Node | Failed = selectors[0]
    if len(selectors) > 1:
        concat = registry.find("ops", "concat")
        assert concat is not None
        selector = apply(b, concat.bind(), selectors, places, span, where)
    if isinstance(selector, Failed) or not isinstance(selector.type, Tensor):
        return Failed()
    linear = registry.find("ops", "linear")
    assert linear is not None
    return linear_layer(b, linear.bind(n=count, bias=read.bias), selector, "gate", span, where)


def _mixed(candidates: Sequence[Node]) -> Type:
    """The type of a mix; unknown where the candidates differ, which a rule of `check` reports."""
    types = [node.type for node in candidates]
    first = types[0]
    if not isinstance(first, Tensor):
        return UNKNOWN
    found = [t for t in types if isinstance(t, Tensor) and t.shape == first.shape]
    rows = any(t.rows for t in found)
    return Tensor(first.shape, rows=rows) if len(found) == len(types) else UNKNOWN
