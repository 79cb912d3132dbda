"""CGC with unequal numbers of experts, unequal experts and unequal towers, the shared ones first.

y^k(x) = t^k(softmax(W_g^k x) S^k(x)), where S^k(x) stacks two shared experts of widths 12 and 8,
then the m_k experts of task k, of widths 16 and 8 (Tang et al., RecSys 2020, eq. 2-5).
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

SHARED = (12, 8)
PRIVATE = (16, 8)


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    own: Sequence[int],
    towers: Sequence[Sequence[int]],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    shared = [tower(weights, f"ours[{i}]", x, SHARED) for i in (1, 2)]
    result: dict[str, Array] = {}
    for k, m_k, widths in zip(tasks, own, towers, strict=True):
        private = [tower(weights, f"mine[{k}, {i}]", x, PRIVATE) for i in range(1, m_k + 1)]
        g_k = gate(weights, f"g[{k}]", x, shared + private)
        result[k] = head(weights, k, g_k, widths)
    return result


def shapes(
    d: int, tasks: Sequence[str], *, own: Sequence[int], towers: Sequence[Sequence[int]]
) -> Shapes:
    found = tower_shapes("ours[1]", d, SHARED) | tower_shapes("ours[2]", d, SHARED)
    for k, m_k, widths in zip(tasks, own, towers, strict=True):
        for i in range(1, m_k + 1):
            found |= tower_shapes(f"mine[{k}, {i}]", d, PRIVATE)
        found |= gate_shapes(f"g[{k}]", d, 2 + m_k)
        found |= head_shapes(k, 8, widths)
    return found
