"""What is read of gates and stitches: `mixing(g)`, `l0(g)`, `load(g)` and their like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.node import Index, Mix, Node, Nothing, Route
from mtlspec.graph.values import FAILED, Failed, Members
from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.ops import Op
from mtlspec.words.readers import COEFFICIENTS, Reader
from mtlspec.words.routers import Router


@dataclass(frozen=True)
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

    def headline(self) -> str:
        return f"`{self.word}` reads a gate or a stitch"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "this is no mix", primary=True)]


@dataclass(frozen=True)
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
    b: Builder, op: Reader, mixture: Node | Members, place: Span, span: Span, where: Where
) -> Node | Members | Failed:
    """What an op reads of one mix, or of a family: numbers are added, others stay a family."""
    if isinstance(mixture, Node):
        return _read_one(b, op, mixture, place, span, where)
    made: dict[Index, Node] = {}
    for key, node in mixture.members.items():
        found = _read_one(b, op, node, place, span, where)
        if isinstance(found, Failed):
            return FAILED
        made[key] = found
    numbers = all(isinstance(node.type, Tensor) and not node.type.shape for node in made.values())
    if len(made) < 2 or not numbers:
        return Members(mixture.name, made)
    return _added(b, list(made.values()), span, where)


def _added(b: Builder, numbers: Sequence[Node], span: Span, where: Where) -> Node:
    assert where.owner is not None
    word = registry.find("ops", "sum")
    assert isinstance(word, Op)
    rows = any(isinstance(node.type, Tensor) and node.type.rows for node in numbers)
    return b.apply(word.bind(), Tensor((), rows=rows), tuple(numbers), where.owner, span)


def _read_one(
    b: Builder, op: Reader, mixture: Node, place: Span, span: Span, where: Where
) -> Node | Failed:
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
    assert where.owner is not None
    bound = op.of(coefficients.role.router, coefficients.role.candidates)
    return b.apply(bound, op.read(bound.options, types), inputs, where.owner, span)


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
    if mix.per == "channel" and not op.per_channel:
        return "it has a coefficient per channel", "it reads mixes `per: scalar`"
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
