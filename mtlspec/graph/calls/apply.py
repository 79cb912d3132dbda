"""Ops applied to values: each is a node, and a composed one several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import CALLERS, OWNERS, Builder, Owner, Where
from mtlspec.graph.calls.distributions import no_distribution
from mtlspec.graph.calls.masks import masks
from mtlspec.graph.indexing import rowwise
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.node import Node
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import Span
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Composed, Op
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.registry import alike
from mtlspec.words.word import Bound


class ValueDoesNotFit(Error):
    """An op takes values of certain types.

    What it means: the types of the values do not agree with the op's signature, or with each
    other.

    Example:
        layer a = features -> mlp(64)
        layer b = features -> mlp(32)
        let   c = sum(a, b)

    Instead:
        layer b = features -> mlp(64)

    Why: the widths of what is added or averaged have to agree; `concat` joins unlike ones.
    """

    id = "MTL0302"
    title = "an op takes values of the types of its signature"
    op: str
    signature: str
    span: Span
    found_type: str
    expected_type: str
    first: Span | None = None
    """The first of several values, where another one does not fit it."""
    first_type: str = ""
    hint: str = ""

    def headline(self) -> str:
        if self.found_type.endswith("values") and self.expected_type[:1].isdigit():
            return f"`{self.op}` takes {self.expected_type}, not {self.found_type.split()[0]}"
        return f"`{self.op}` does not take this value"

    def labels(self) -> Sequence[Label]:
        verb = "are" if self.expected_type.endswith("values") else "is"
        text = f"{self.found_type}, where {self.expected_type} {verb} expected"
        marks = [Label(self.span, text, primary=True)]
        return [*marks, Label(self.first, self.first_type)] if self.first else marks

    def notes(self) -> Sequence[str]:
        return [f"`{self.op}` is {self.signature}"]

    def help(self) -> str:
        return self.hint


class WeightsInLet(Error):
    """A `let` owns no weights.

    What it means: an op that learns something stands in a statement that may own nothing.

    Example:
        let h = features -> mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: whoever reads a spec finds everything that is learned behind `layer`, `expert`, `gate`,
    `head` and their like.
    """

    id = "MTL0502"
    title = "`let` and `stream` own no weights"
    keyword: str
    op: str
    span: Span
    statement: Span

    def headline(self) -> str:
        return f"`{self.op}` owns weights, and `{self.keyword}` may not"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "weights would be made here", primary=True),
            Label(self.statement, f"in this `{self.keyword}`"),
        ]

    def help(self) -> str:
        if self.keyword == "let":
            return "write `layer` instead of `let`"
        return "make it in a `layer` and let the stream begin with that"


class OwningCall(Error):
    """A component that owns weights is called in a `layer` or a `head`.

    What it means: the component makes weights, and the statement that calls it may own none.

    Example:
        let h = tower(features)         # tower has a `layer`

    Instead:
        layer h = tower(features)

    Why: a call makes weights of its own, and whoever reads a spec finds all that is learned behind
    `layer`, `expert`, `gate`, `stitch` and `head`. In a `let` a component may stand that owns
    nothing.
    """

    id = "MTL0410"
    title = "a component that owns weights is called in a `layer` or a `head`"
    component: str
    keyword: str
    op: str
    call: Span
    span: Span

    def headline(self) -> str:
        return f"`{self.component}` owns weights, and a `{self.keyword}` may not call it"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.call, f"called in a `{self.keyword}`", primary=True),
            Label(self.span, f"`{self.op}` owns weights"),
        ]

    def help(self) -> str:
        if self.keyword == "let":
            return "write `layer` instead of `let`"
        return "call it in a `layer`, and name that here"


def refuse_weights(b: Builder, op: str, span: Span, owner: Owner) -> None:
    """Reports weights where none may be owned: by the statement, or by a call that led there."""
    statement, call = owner.statement, None
    for caller in owner.statement.callers() if statement.keyword in OWNERS else ():
        if caller.statement.keyword not in CALLERS:
            statement, call = caller.statement, caller
    if call is None:
        b.report.add(WeightsInLet(statement.keyword, op, span, statement.span))
    else:
        b.report.add(OwningCall(call.component, statement.keyword, op, call.span, span))


def apply(
    b: Builder,
    op: Bound,
    inputs: Sequence[Node],
    places: Sequence[Span],
    span: Span,
    where: Where,
) -> Node | Failed:
    """The node of an op applied to values; several nodes for an op that is short for others."""
    assert isinstance(op.word, Op)
    if where.owner is None:
        b.report.add(NoStatement(span))
        return FAILED
    types = [node.type for node in inputs if isinstance(node.type, Tensor)]
    if len(types) < len(inputs):
        return FAILED
    lifted = rowwise.lift(b, op, inputs, span, where)
    if lifted is not None:
        return lifted
    if isinstance(op.word, Composed):
        return _compose(b, op, inputs, places, span, where)
    word, options = op.word, op.word.settle(op.options, types)
    result = word.infer(options, types)
    if isinstance(result, Mismatch):
        return refuse_value(b, word, _hinted(result, inputs), types, places, span)
    other = no_distribution(b, inputs) if word.of_distributions else None
    if other is not None:
        return refuse_value(b, word, other, types, places, span)
    if word.keeps_meaning:
        result = replace(result, meaning=types[0].meaning)
    parameters = tuple(map(where.owning.change, word.parameters(options, types)))
    if (parameters or word.remembers) and not where.owner.may_own:
        refuse_weights(b, word.name, span, where.owner)
        return FAILED
    padded = word.masked(options)
    padding = () if padded is None else masks(b, [types[padded]])
    groups = word.groups(options)
    place = () if groups is None else (rowwise.place_in(b, groups, span),)
    values = (*inputs, *padding, *place)
    op = Bound(word, options)
    made = b.apply(op, result, values, where.owner, span, parameters=parameters)
    rowwise.remember(b, made)
    return made


def _hinted(found: Mismatch, inputs: Sequence[Node]) -> Mismatch:
    """A mismatch whose hint speaks of the value that is given only where a statement owns it."""
    given = 0 <= found.argument < len(inputs)
    if given and inputs[found.argument].site.statement.keyword not in OWNERS:
        return replace(found, hint=found.hint.replace("{}", "h"))
    return found


def refuse_value(
    b: Builder,
    op: Op,
    found: Mismatch,
    types: Sequence[Tensor],
    places: Sequence[Span],
    span: Span,
) -> Failed:
    """Reports a value that an op does not take."""
    given = 0 <= found.argument < len(places)
    place = places[found.argument] if given else span
    first = places[0] if given and places[0] != place else None
    name = op.sign or op.name
    alike = found.found == found.expected
    expected = f"{found.expected} of lists with one `max:`" if alike else found.expected
    hint = found.hint.replace("{}", place.text) or _turned(op, types, places)
    first_type = str(types[0]) if types else ""
    error = ValueDoesNotFit(
        name, op.signature, place, found.found, expected, first, first_type, hint
    )
    b.report.add(error)
    return FAILED


def surplus(op: Op, places: Sequence[Span]) -> Mismatch | None:
    """Why an op does not take so many values, whatever its options; None where it may."""
    most, count = len(op.takes.arguments), len(places)
    if op.joins or count <= max(most, 1):
        return None
    given = ", ".join(place.text for place in places)
    others = [word for word in alike("ops", op.name) if isinstance(word, Op)]
    fits = next((word for word in others if len(word.takes.arguments) == count), None)
    hint = f"of {count} values: `{fits.name}({given})`" if fits else ""
    return Mismatch(-1, "1 value" if most == 1 else f"{most} values", f"{count} values", hint)


def _turned(op: Op, types: Sequence[Tensor], places: Sequence[Span]) -> str:
    """What to write of two values that stand the wrong way round; empty if they do not."""
    if len(types) != 2 or op.sign or not op.takes.may_be_turned(types):
        return ""
    first, second = (place.text for place in reversed(places))
    return f"the other way round: `{op.name}({first}, {second})`"


class _Refused(Exception):
    """A part of a composed op was refused, which has been reported."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Makes the parts of a composed op, each a node of its own."""

    b: Builder
    span: Span
    where: Where

    def apply(self, op: Bound, *values: Node, owning: OwnerOptions | None = None) -> Node:
        where, places = self.where, [self.span] * len(values)
        if owning is not None:
            where = replace(where, owning=owning.within(where.owning))
        made = apply(self.b, op, values, places, self.span, where)
        if isinstance(made, Failed):
            raise _Refused
        return made

    def learn(self, parameter: Parameter) -> Node:
        assert self.where.owner is not None
        parameter = self.where.owning.change(parameter)
        return self.b.learn(parameter, self.where.owner, self.span)


def _compose(
    b: Builder,
    op: Bound,
    inputs: Sequence[Node],
    places: Sequence[Span],
    span: Span,
    where: Where,
) -> Node | Failed:
    """What the parts of an op make of values; a value that does not fit is told of the whole."""
    assert isinstance(op.word, Composed)
    assert where.owner is not None
    types = [node.type for node in inputs if isinstance(node.type, Tensor)]
    found = op.word.takes.unify(types, op.word.letters(op.options))
    if isinstance(found, Mismatch):
        return refuse_value(b, op.word, found, types, places, span)
    if op.word.owns and not where.owner.may_own:
        refuse_weights(b, op.word.name, span, where.owner)
        return FAILED
    try:
        return op.word.compose(op.options, types, inputs, _Parts(b, span, where))
    except _Refused:
        return FAILED


def linear_layer(
    b: Builder,
    op: Bound,
    source: Node,
    inner: str,
    span: Span,
    where: Where,
    change: Callable[[Parameter], Parameter] = lambda parameter: parameter,
) -> Node:
    """A linear layer whose weights have a name of their own: `gate`, `out`."""
    assert isinstance(op.word, Op)
    assert isinstance(source.type, Tensor)
    assert where.owner is not None
    kind = op.word.infer(op.options, [source.type])
    assert isinstance(kind, Tensor)
    parameters = tuple(map(change, op.word.parameters(op.options, [source.type])))
    return b.apply(op, kind, (source,), where.owner, span, parameters=parameters, inner=inner)
