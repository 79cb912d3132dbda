"""Rules of proximal steps."""

from collections.abc import Iterator

from mtlspec.graph.bodies.proximal import NotAProximalStep, is_proximal_penalty
from mtlspec.graph.build import Built


def proximal_steps_stand_in_a_loss(built: Built) -> Iterator[NotAProximalStep]:
    """A number is asked of a penalty that stands for a step."""
    for node in built.graph.nodes():
        statement = node.site.statement
        if is_proximal_penalty(node) and statement.keyword != "loss":
            yield NotAProximalStep("in no `loss` statement", node.span, statement.span)
