"""A mixture of the other tasks' second experts, then a task's own two.

Not from a paper: an index that leaves one member out, in the order of the tasks, beside one that
keeps it. With one task there are no others.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import (
    Shapes,
    gate,
    gate_shapes,
    head,
    head_shapes,
    tower,
    tower_shapes,
)
from tests.words.oracles import Array, Weights


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    first = {k: tower(weights, f"mine[{k}, 1]", x, widths) for k in tasks}
    second = {k: tower(weights, f"mine[{k}, 2]", x, widths) for k in tasks}
    result: dict[str, Array] = {}
    for k in tasks:
        candidates = [second[other] for other in tasks if other != k]
        mixed = gate(weights, f"g[{k}]", x, [*candidates, first[k], second[k]])
        result[k] = head(weights, k, mixed, towers)
    return result


def shapes(d: int, tasks: Sequence[str], *, widths: Sequence[int], towers: Sequence[int]) -> Shapes:
    found: Shapes = {}
    for k in tasks:
        found |= tower_shapes(f"mine[{k}, 1]", d, widths)
        found |= tower_shapes(f"mine[{k}, 2]", d, widths)
        found |= gate_shapes(f"g[{k}]", d, len(tasks) + 1)
        found |= head_shapes(k, widths[-1], towers)
    return found
