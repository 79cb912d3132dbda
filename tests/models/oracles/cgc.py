"""Customized gate control (Tang et al., RecSys 2020, eq. 2-5).

y^k(x) = t^k(g^k(x)), g^k(x) = w^k(x) S^k(x), w^k(x) = softmax(W_g^k x), where S^k(x) stacks the
m_k experts of task k and then the m_s shared ones; those of other tasks are not in it.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import (
    Shapes,
    counts,
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
    own: int | Sequence[int],
    common: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task; `own` is m_k, `common` is m_s."""
    m = counts(tasks, own)
    shared = [tower(weights, f"ours[{i}]", x, widths) for i in range(1, common + 1)]
    result: dict[str, Array] = {}
    for k in tasks:
        private = [tower(weights, f"mine[{k}, {i}]", x, widths) for i in range(1, m[k] + 1)]
        g_k = gate(weights, f"g[{k}]", x, private + shared)
        result[k] = head(weights, k, g_k, towers)
    return result


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    own: int | Sequence[int],
    common: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> Shapes:
    m = counts(tasks, own)
    found: Shapes = {}
    for i in range(1, common + 1):
        found |= tower_shapes(f"ours[{i}]", d, widths)
    for k in tasks:
        for i in range(1, m[k] + 1):
            found |= tower_shapes(f"mine[{k}, {i}]", d, widths)
        found |= gate_shapes(f"g[{k}]", d, m[k] + common)
        found |= head_shapes(k, widths[-1], towers)
    return found
