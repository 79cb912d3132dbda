"""Asymmetric sharing (Tang et al., RecSys 2020, section 3.2, figure 1).

Every task has a bottom of its own. The first task's tower reads it alone; the towers of the later
tasks, which receive, read their own and the first task's side by side.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, concat


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    body = {k: tower(weights, f"body[{k}]", x, widths) for k in tasks}
    donor = tasks[0]
    result = {donor: head(weights, donor, body[donor], towers)}
    for k in tasks[1:]:
        result[k] = head(weights, k, concat.forward(body[k], body[donor]), towers)
    return result


def shapes(d: int, tasks: Sequence[str], *, widths: Sequence[int], towers: Sequence[int]) -> Shapes:
    found: Shapes = {}
    for place, k in enumerate(tasks):
        found |= tower_shapes(f"body[{k}]", d, widths)
        found |= head_shapes(k, widths[-1] * (1 if place == 0 else 2), towers)
    return found
