"""Customized sharing (Tang et al., RecSys 2020, section 3.2, figure 1).

Each task's tower reads its own bottom and the shared bottom, side by side.
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
    shared = tower(weights, "ours", x, widths)
    result: dict[str, Array] = {}
    for k in tasks:
        private = tower(weights, f"mine[{k}]", x, widths)
        result[k] = head(weights, k, concat.forward(private, shared), towers)
    return result


def shapes(d: int, tasks: Sequence[str], *, widths: Sequence[int], towers: Sequence[int]) -> Shapes:
    found = tower_shapes("ours", d, widths)
    for k in tasks:
        found |= tower_shapes(f"mine[{k}]", d, widths)
        found |= head_shapes(k, 2 * widths[-1], towers)
    return found
