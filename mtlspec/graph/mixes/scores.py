"""The scores of a mix: computed from a selector, given, or learned as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.apply import apply, linear_layer
from mtlspec.graph.expressions import express
from mtlspec.graph.node import Node
from mtlspec.graph.values import Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.initialisers import Parameter, zeros
from mtlspec.words.routers import Router, Scores
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.mixes.coefficients import Start

NAME = "scores"
"""What a selector is written as that gives ℓ itself."""


class ScoresShape(Error):
    """`scores` gives a gate one number per candidate.

    What it means: there are more or fewer scores than candidates, or one of them is not a single
    number.

    Example:
        gate g = a, b by scores(dot(a, q))

    Instead:
        gate g = a, b by scores(dot(a, q), dot(b, q))
        gate g = a, b by scores(q -> linear(2))

    Why: scores and candidates are matched in order; nothing is repeated or dropped.
    """

    id = "MTL0510"
    title = "`scores` are one number per candidate"
    what: str
    candidates: int
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]

    def help(self) -> str:
        if self.candidates == 1:
            return "give one f32[1]"
        return f"give {self.candidates} values f32[1], or one f32[{self.candidates}]"


class ScoresElsewhere(Error):
    """`scores` stands alone behind the `by` of a gate.

    What it means: it is used as a value, or beside another selector.

    Example:
        gate g = a, b by scores(dot(a, q), dot(b, q)), features

    Instead:
        gate g = a, b by scores(dot(a, q), dot(b, q))

    Why: it gives the scores themselves, of which no W makes other ones.
    """

    id = "MTL0511"
    title = "`scores` stands alone behind the `by` of a gate"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


class ScoresAreGiven(Error):
    """A gate that is given its scores learns none.

    What it means: an option of W or b, or a router that learns more than one score per
    candidate, stands with `by scores(…)`.

    Example:
        gate(bias: yes) g = a, b by scores(dot(a, q), dot(b, q))

    Instead:
        gate g = a, b by scores(dot(a, q), dot(b, q))

    Why: there is no W that could have a bias, a learning rate or a beginning.
    """

    id = "MTL0512"
    title = "a gate that is given its scores learns none"
    what: str
    span: Span
    scores: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, f"{self.what} belongs to scores that are learned", primary=True),
            Label(self.scores, "these are given"),
        ]


def call_of(selectors: Sequence[tree.Expr], where: Where) -> tree.Call | None:
    """The `scores(…)` among selectors, unless the spec has that name itself."""
    for expr in selectors:
        match expr:
            case tree.Call(callee=tree.Name(name=name)) if name == NAME:
                return expr if where.scope.find(name) is None else None
            case _:
                pass
    return None


def refuse(b: Builder, written: tree.Call, where: Where) -> Failed:
    """`scores(…)` where a value is needed."""
    del where
    b.report.add(ScoresElsewhere(written.span))
    return Failed()


def scores_given(b: Builder, written: tree.Call, count: int, where: Where) -> Node | Failed:
    """ℓ as `scores(…)` gives it: one f32[n], or n f32[1] that are joined."""
    exprs = [arg.value for arg in written.args if arg.name is None]
    values = [e for e in exprs if not isinstance(e, tree.Range)]
    if len(values) != len(written.args):
        b.report.add(ScoresShape("values are needed here", count, written.span))
        return Failed()
    listed = [(node, e.span) for e in values for node in express.nodes(b, e, where)]
    types = [node.type for node, _ in listed]
    if not all(isinstance(kind, Tensor) for kind in types):
        return Failed()
    shapes = [kind.shape for kind in types if isinstance(kind, Tensor)]
    if shapes == [(count,)]:
        return listed[0][0]
    for (node, span), shape in zip(listed, shapes, strict=True):
        if shape != (1,):
            b.report.add(ScoresShape(f"this is {node.type}", count, span))
            return Failed()
    if len(listed) != count:
        found = "one score" if len(listed) == 1 else f"{len(listed)} scores"
        needed = "one candidate" if count == 1 else f"{count} candidates"
        b.report.add(ScoresShape(f"{found} for {needed}", count, written.span))
        return Failed()
    return join(b, [node for node, _ in listed], written.span, where)


def join(b: Builder, nodes: Sequence[Node], span: Span, where: Where) -> Node | Failed:
    """Values side by side; one is itself."""
    if len(nodes) == 1:
        return nodes[0]
    concat = registry.find("ops", "concat")
    assert concat is not None
    return apply(b, concat.bind(), nodes, [node.span for node in nodes], span, where)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Scores that are to be learned: for which router, how many candidates and channels.

    `starts` says how each of the scores that the router reads begins; `lr` is a factor on the
    learning rate.
    """

    router: Bound
    candidates: int
    channels: int
    lr: float
    starts: Sequence[Start] | None

    @property
    def scores(self) -> Sequence[Scores]:
        return self.word.reads(self.router.options, self.candidates)

    @property
    def word(self) -> Router:
        assert isinstance(self.router.word, Router)
        return self.router.word


def computed(
    b: Builder, selector: Node, wanted: Wanted, span: Span, where: Where, *, bias: bool
) -> list[Node] | Failed:
    """ℓ = W s, or W s + b, for each of the scores: [n], or [n · channels].

    Where starts are given W begins with zeros and b with them, so that they hold in every row.
    """
    before = wanted.word.before(wanted.router.options)
    shaken = apply(b, before, [selector], [selector.span], span, where) if before else selector
    if isinstance(shaken, Failed) or not isinstance(shaken.type, Tensor):
        return Failed()
    linear = registry.find("ops", "linear")
    assert linear is not None
    made: list[Node] = []
    for place, scores in enumerate(wanted.scores):
        begin = partial(_begin, wanted, scores, place)
        op = linear.bind(n=scores.count * wanted.channels, bias=bias or wanted.starts is not None)
        made.append(linear_layer(b, op, shaken, scores.name or "gate", span, where, begin))
    return made


def _begin(wanted: Wanted, scores: Scores, place: int, parameter: Parameter) -> Parameter:
    """W or b as it begins, with its learning rate."""
    initial = scores.weight or parameter.initial
    if wanted.starts is not None:
        start = wanted.starts[place].flat(wanted.channels)
        initial = zeros.WORD.bind() if parameter.matrix else start
    return replace(parameter, initial=initial, lr=wanted.lr)


def learned(b: Builder, wanted: Wanted, span: Span, where: Where) -> list[Node]:
    """ℓ learned as it is, for each of the scores: [n, channels]."""
    assert where.owner is not None
    assert wanted.starts is not None
    made: list[Node] = []
    for scores, start in zip(wanted.scores, wanted.starts, strict=True):
        shape = (scores.count, wanted.channels)
        parameter = Parameter(
            scores.name or "mixing", shape, start.column(), scores.count, matrix=False, lr=wanted.lr
        )
        made.append(b.learn(parameter, where.owner, span, inner=""))
    return made
