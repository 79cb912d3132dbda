"""One-gate mixture of experts, the baseline of Ma et al. (KDD 2018), eq. 5 with towers on top.

y_k = h^k(Σᵢ g(x)ᵢ fᵢ(x)), g(x) = softmax(W_g x): one gate for all tasks.
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
    mixed = gate(weights, "g", x, f)
    return {k: head(weights, k, mixed, towers) for k in tasks}


def shapes(
    d: int, tasks: Sequence[str], *, experts: int, widths: Sequence[int], towers: Sequence[int]
) -> Shapes:
    found: Shapes = {}
    for i in range(1, experts + 1):
        found |= tower_shapes(f"e[{i}]", d, widths)
    found |= gate_shapes("g", d, experts)
    for k in tasks:
        found |= head_shapes(k, widths[-1], towers)
    return found
