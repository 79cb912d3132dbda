"""What is known to be no distribution, where an op compares some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from mtlspec.graph.builder import Builder
from mtlspec.graph.node import Apply, Node
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.ops import Op

_OF_ONE = "of yes or no it has two numbers: `concat(p, 1 - p)` of a probability"
_OF_LOGITS = "`prob({})` makes one of the logits of classes"
_APART = "each of its numbers is the probability of a yes or no of its own"


def no_distribution(b: Builder, values: Sequence[Node]) -> Mismatch | None:
    """The first value whose numbers are known not to sum to one; None where there is none."""
    for place, node in enumerate(values):
        hint = _why_not(b, node)
        if hint:
            return Mismatch(place, "a distribution", str(node.type), hint)
    return None


def _why_not(b: Builder, node: Node) -> str:
    kind = node.type
    if not isinstance(kind, Tensor):
        return ""
    if kind.shape[-1:] == (1,):
        return _OF_ONE
    if kind.meaning == "logits":
        return _OF_LOGITS
    return _APART if kind.meaning == "logit" or _is_apart(b, node) else ""


def _is_apart(b: Builder, node: Node) -> bool:
    """Whether a value is of answers that are apart, perhaps without its gradient."""
    while isinstance(node.role, Apply):
        op = cast("Op", node.role.op.word)
        if not op.keeps_meaning:
            return op.answers_apart(node.role.op.options)
        node = b.nodes[node.inputs[0]]
    return False
