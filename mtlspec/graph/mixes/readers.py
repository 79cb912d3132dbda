"""What is read of gates and stitches: `mixing(g)`, `l0(g)`, `load(g)` and their like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.node import Mix, Node, Nothing, Route
from mtlspec.graph.values import FAILED, Failed, Members
from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.readers import COEFFICIENTS, Reader
from mtlspec.words.routers import Router
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.calls.families import Given


class NotAMix(Error):
    """Scores and coefficients are read of a gate or a stitch.

    What it means: the value was not mixed, or by a softmax of one candidate, which is that
    candidate.

    Example:
        expert e[4] = features -> mlp(8)
        gate g[task] = e by features
        loss balanced = cv2(importance(e))

    Instead:
        loss balanced[task] = cv2(importance(g[task]))

    Why: only a mix has coefficients; what it mixes has none.
    """

    id = "MTL0515"
    title = "scores and coefficients are read of a gate or a stitch"
    word: str
    span: Span
    count: int = 1

    def headline(self) -> str:
        return f"`{self.word}` reads a gate or a stitch"

    def labels(self) -> Sequence[Label]:
        found = "this is no mix" if self.count == 1 else f"{self.count} values, and it takes one"
        return [Label(self.span, found, primary=True)]


class MixMisfit(Error):
    """A loss of routers is of a fitting mix.

    What it means: the router of the mix does not have what the loss reads, or its coefficients
    are alike for all rows.

    Example:
        gate g[task] = e by features
        loss sparse = l0(g)

    Instead:
        gate(hard_concrete) g[task] = e by features
        loss sparse = l0(g)

    Why: each of these losses is about the numbers of one way to choose.
    """

    id = "MTL0516"
    title = "a loss of routers is of a fitting mix"
    word: str
    why: str
    instead: str
    span: Span
    mix: Span

    def headline(self) -> str:
        return f"`{self.word}` does not fit this mix"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.why, primary=True), Label(self.mix, "it is mixed here")]

    def help(self) -> str:
        return self.instead


def read(
    b: Builder, op: Reader, given: Sequence[Given], span: Span, where: Where
) -> Node | Members | Failed:
    """What an op reads of one mix, or of a family: numbers are added, others stay a family."""
    if where.owner is None:
        b.report.add(NoStatement(span))
        return FAILED
    if len(given) != 1:
        b.report.add(NotAMix(op.name, span, len(given)))
        return FAILED
    mixture, place = given[0]
    if isinstance(mixture, Members) and not mixture.members:
        b.report.add(NotAMix(op.name, place, 0))
        return FAILED
    nodes = mixture.members if isinstance(mixture, Members) else {(): mixture}
    read = {key: _read(b, op, node, place) for key, node in nodes.items()}
    found = {key: one for key, one in read.items() if not isinstance(one, Failed)}
    if len(found) < len(read):
        return FAILED
    alike = len({str(one.op) for one in found.values()}) == 1
    if alike and not any(one.type.shape for one in found.values()):
        return _apply(b, list(found.values()), span, where)
    made = {key: _apply(b, [one], span, where) for key, one in found.items()}
    return Members(mixture.name, made) if isinstance(mixture, Members) else made[()]


@dataclass(frozen=True, slots=True)
class Read:
    """An op of one mix, with the quantities that it reads."""

    op: Bound
    inputs: tuple[Node, ...]
    type: Tensor


def _apply(b: Builder, read: Sequence[Read], span: Span, where: Where) -> Node:
    """The op of one mix, or of several whose numbers are added."""
    assert where.owner is not None
    inputs = tuple(node for one in read for node in one.inputs)
    return b.apply(read[0].op, read[0].type, inputs, where.owner, span)


def _read(b: Builder, op: Reader, mixture: Node, place: Span) -> Read | Failed:
    if isinstance(mixture.role, Nothing):
        return FAILED
    if not isinstance(mixture.role, Mix):
        b.report.add(NotAMix(op.name, place))
        return FAILED
    coefficients = b.nodes[mixture.inputs[-1]]
    assert isinstance(coefficients.role, Route)
    problem = _misfit(op, coefficients, mixture.role)
    if problem is not None:
        b.report.add(MixMisfit(op.name, *problem, place, mixture.span))
        return FAILED
    known = {COEFFICIENTS: coefficients.key, **dict(coefficients.role.quantities)}
    inputs = tuple(b.nodes[known[name]] for name in op.quantities)
    types = [node.type for node in inputs if isinstance(node.type, Tensor)]
    if len(types) < len(inputs):
        return FAILED
    bound = op.of(coefficients.role.router, coefficients.role.candidates)
    return Read(bound, inputs, op.read(bound.options, types))


def _misfit(op: Reader, coefficients: Node, mix: Mix) -> tuple[str, str] | None:
    """Why an op cannot read a mix, and what it can read."""
    route, kind = coefficients.role, coefficients.type
    assert isinstance(route, Route)
    assert isinstance(kind, Tensor)
    has = {COEFFICIENTS, *(name for name, _ in route.quantities)}
    if not has.issuperset(op.quantities):
        fitting = ", ".join(f"`{name}`" for name in _fitting(op))
        return f"its router is `{route.router.word.name}`", f"it reads mixes by {fitting}"
    if op.over_rows and not kind.rows:
        return "its coefficients are alike for all rows", "it reads gates whose selector has rows"
    if op.over_rows and kind.tokens:
        return "it has coefficients for each token", "it reads gates that choose row by row"
    if mix.per != "scalar" and not op.per_channel:
        return f"it is `per: {mix.per}`", "it reads mixes `per: scalar`"
    return None


def _fitting(op: Reader) -> list[str]:
    """The routers that have what an op reads."""
    found: list[str] = []
    for name in registry.names("routers"):
        router = registry.find("routers", name)
        assert isinstance(router, Router)
        if {COEFFICIENTS, *router.quantities}.issuperset(op.quantities):
            found.append(name)
    return found
