"""Ops of families: joined into one value, taken member by member, or layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_lowercase

from mtlspec.diagnostics import Error, Label, Warn
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.apply import apply
from mtlspec.graph.calls.layers import by_layer, layered
from mtlspec.graph.indexing.one import one_needed
from mtlspec.graph.node import Index, Node
from mtlspec.graph.values import FAILED, Failed, Members, Value
from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound

Given = tuple[Node | Members, Span]
"""An argument that is a value or a family, and where it stands."""


class NothingLeft(Error):
    """A reduction needs at least one value.

    What it means: every argument of the op is an empty part of a family, or `none`.

    Example:
        layer h[task] = features -> mlp(8)
        layer y = concat(h[task[9..]]) -> mlp(8)      # there is no ninth task

    Instead: reduce a part that has members.

    Why: the sum, mean or concatenation of nothing has no width.
    """

    id = "MTL0309"
    title = "a reduction needs at least one value"
    op: str
    span: Span

    def headline(self) -> str:
        return f"`{self.op}` is left with no values"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "every argument is empty or `none`", primary=True)]


class OneReduced(Warn):
    """A reduction of values, number by number, is given one value."""

    id = "one-value-reduced"
    title = "a reduction of one value is that value"
    op: str
    axes: int
    tokens: bool
    span: Span
    text: str

    def headline(self) -> str:
        return f"`{self.op}` of one value is that value"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        if self.tokens:
            return "over the tokens of a list it is `pool`"
        letters = ascii_lowercase[: self.axes]
        added = f'`einsum("{letters} ->", {self.text})`'
        return f"it goes over values; the numbers of one value are added by {added}"


def apply_to(
    b: Builder, bound: Bound, given: tuple[Given, ...], span: Span, where: Where
) -> Node | Members | Failed:
    """An op applied to values and families."""
    op = bound.word
    assert isinstance(op, Op)
    if layered([value for value, _ in given]) and not op.owns:
        return _by_layer(b, bound, given, span, where)
    if len(given) == 1 and isinstance(given[0][0], Members) and op.maps:
        return _map(b, bound, given[0][0], span, where)
    inputs: list[Node] = []
    for value, place in given:
        if isinstance(value, Node):
            inputs.append(value)
        elif op.joins:
            inputs.extend(value.nodes())
        else:
            b.report.add(one_needed(value, place, where))
            return FAILED
    if not inputs:
        b.report.add(NothingLeft(op.name, span))
        return FAILED
    places = [place for value, place in given for _ in nodes_of(value)]
    if op.reduces and len(given) == 1:
        _doubt(b, op, *given[0], span)
    return apply(b, bound, inputs, places, span, where)


def _doubt(b: Builder, op: Op, value: Node | Members, place: Span, span: Span) -> None:
    """Warns of a reduction of the one vector that is given, whose numbers may be meant."""
    kind = value.type if isinstance(value, Node) else None
    if isinstance(kind, Tensor) and kind.shape and kind.shape[-1] != 1:
        b.report.add(OneReduced(op.name, len(kind.shape), bool(kind.tokens), span, place.text))


def _map(b: Builder, op: Bound, family: Members, span: Span, where: Where) -> Members | Failed:
    """An op without weights, of one value, taken member by member."""
    made: dict[Index, Node] = {}
    for key, node in family.members.items():
        value = apply(b, op, [node], [span], span, where)
        if isinstance(value, Failed):
            return FAILED
        made[key] = value
    return replace(family, members=made)


def nodes_of(value: Node | Members) -> tuple[Node, ...]:
    """A value, or those of a family."""
    return (value,) if isinstance(value, Node) else value.nodes()


def _by_layer(
    b: Builder, bound: Bound, given: tuple[Given, ...], span: Span, where: Where
) -> Node | Members | Failed:
    """An op of weights of several layers, for each; a penalty is then added up."""
    assert isinstance(bound.word, Op)
    places = [place for _, place in given]

    def compute(values: Sequence[Value]) -> Value:
        own = [value for value in values if isinstance(value, Node | Members)]
        return apply_to(b, bound, tuple(zip(own, places, strict=True)), span, where)

    found = by_layer(b, [value for value, _ in given], places, compute)
    if isinstance(found, Failed) or not bound.word.adds_layers:
        return found
    added = registry.find("ops", "sum")
    assert added is not None
    return apply(b, added.bind(), found.nodes(), [span] * len(found.members), span, where)
