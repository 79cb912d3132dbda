"""Loss terms that are proximal steps: `loss x = c * penalty(weights(n), method: prox)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder
from mtlspec.graph.node import Apply, Learned, Node, WeightsOf
from mtlspec.source import Span
from mtlspec.words.losses import is_proximal
from mtlspec.words.ops import Op


class NotAProximalStep(Error):
    """A proximal step is a positive number times a penalty of weights.

    What it means: a penalty with `method: prox` is part of another expression, is multiplied with
    something that is no positive number, or is of something computed from weights.

    Example:
        loss near = l1(weights(a) - weights(b), method: prox)

    Instead:
        loss sparse = 0.01 * l1(weights(a), method: prox)
        loss near   = 0.01 * l1(weights(a) - weights(b))         # by gradient

    Why: the step sets the weights themselves, to argmin over V of step · penalty(V) + ½‖V - W‖²,
    and that is known for the penalty of an array alone.
    """

    id = "MTL0321"
    title = "a proximal step is a positive number times a penalty of weights"
    what: str
    span: Span
    statement: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]

    def help(self) -> str:
        return "write it as `c * penalty(weights(n), method: prox)`, or leave `method:` out"


def is_step(b: Builder, value: Node, span: Span) -> bool | None:
    """Whether the value of a `loss` is a proximal step; None after an error."""
    if not any(is_proximal_penalty(node) for node in _made_of(b, value)):
        return False
    wrong = next(_objections(b, value, 1.0), None)
    if wrong is None:
        return True
    what, place = wrong
    b.report.add(NotAProximalStep(what, place, span))
    return None


def _made_of(b: Builder, value: Node) -> Iterator[Node]:
    """A node and those of its own statement that it is computed from."""
    yield value
    for key in value.inputs:
        node = b.nodes[key]
        if node.site.statement == value.site.statement:
            yield from _made_of(b, node)


def is_proximal_penalty(node: Node) -> bool:
    """Whether a node is a penalty that stands for a step instead of a number."""
    return isinstance(node.role, Apply) and is_proximal(node.role.op.options)


def _objections(b: Builder, node: Node, scale: float) -> Iterator[tuple[str, Span]]:
    """What keeps a value from being a sum of penalties, each times a positive number."""
    if is_proximal_penalty(node):
        if scale <= 0:
            yield "multiplied with a number that is not positive", node.span
        yield from _unfit([b.nodes[key] for key in node.inputs], node.span)
        return
    factor = _factor(node)
    if factor is None:
        yield "this is no proximal step", node.span
        return
    for key in node.inputs:
        yield from _objections(b, b.nodes[key], scale * factor)


def _unfit(arrays: Sequence[Node], span: Span) -> Iterator[tuple[str, Span]]:
    """What keeps values from being set by a step."""
    roles = [node.role for node in arrays if isinstance(node.role, WeightsOf | Learned)]
    if len(roles) < len(arrays):
        yield "of what is computed from weights", span
    if any(role.parameter.frozen for role in roles):
        yield "of weights that are frozen", span
    if len({role.parameter.lr for role in roles}) > 1:
        yield "of weights that are not learned at one rate", span


def _factor(node: Node) -> float | None:
    """What a node multiplies its inputs with before it adds them, if that is what it does."""
    if isinstance(node.role, Apply) and isinstance(node.role.op.word, Op):
        return node.role.op.word.factor(node.role.op.options)
    return None
