"""Multi-gate mixture of experts (Ma et al., KDD 2018, eq. 6-8).

y_k = h^k(f^k(x)), f^k(x) = Σᵢ g^k(x)ᵢ fᵢ(x), g^k(x) = softmax(W_gk x): W_gk is [n, d], without a
bias and without a hidden layer, and its input is the raw x.
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
    experts: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    f = [tower(weights, f"e[{i}]", x, widths) for i in range(1, experts + 1)]
    result: dict[str, Array] = {}
    for k in tasks:
        f_k = gate(weights, f"g[{k}]", x, f)
        result[k] = head(weights, k, f_k, towers)
    return result


def shapes(
    d: int, tasks: Sequence[str], *, experts: int, widths: Sequence[int], towers: Sequence[int]
) -> Shapes:
    found: Shapes = {}
    for i in range(1, experts + 1):
        found |= tower_shapes(f"e[{i}]", d, widths)
    for k in tasks:
        found |= gate_shapes(f"g[{k}]", d, experts)
        found |= head_shapes(k, widths[-1], towers)
    return found
