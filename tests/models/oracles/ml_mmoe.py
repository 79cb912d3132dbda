"""Multi-level MMoE, the baseline of Tang et al. (RecSys 2020, section 5.1.2).

Expert i of level j > 1 reads a mixture of all experts of level j - 1 by a gate of its own; the
tasks' gates mix the last level. Every gate's selector is the raw x, as in the authors' code of
SNR and AdaTT.
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
    slots: int,
    levels: Sequence[Sequence[int]],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task; `levels` holds the widths of the experts of each level."""
    inputs = [x] * slots
    for j, widths in enumerate(levels[:-1], start=1):
        lower = [tower(weights, f"e@{j}[{i + 1}]", inputs[i], widths) for i in range(slots)]
        inputs = [gate(weights, f"h@{j}[{i + 1}]", x, lower) for i in range(slots)]
    last = [tower(weights, f"last[{i + 1}]", inputs[i], levels[-1]) for i in range(slots)]
    result: dict[str, Array] = {}
    for k in tasks:
        f_k = gate(weights, f"g[{k}]", x, last)
        result[k] = head(weights, k, f_k, towers)
    return result


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    slots: int,
    levels: Sequence[Sequence[int]],
    towers: Sequence[int],
) -> Shapes:
    found: Shapes = {}
    width = d
    for j, widths in enumerate(levels[:-1], start=1):
        for i in range(1, slots + 1):
            found |= tower_shapes(f"e@{j}[{i}]", width, widths)
            found |= gate_shapes(f"h@{j}[{i}]", d, slots)
        width = widths[-1]
    for i in range(1, slots + 1):
        found |= tower_shapes(f"last[{i}]", width, levels[-1])
    for k in tasks:
        found |= gate_shapes(f"g[{k}]", d, slots)
        found |= head_shapes(k, levels[-1][-1], towers)
    return found
