"""Hard parameter sharing (Caruana 1997), written as in Ma et al. (KDD 2018), eq. 1.

y_k = h^k(f(x)): one bottom f for all tasks, one tower h^k for each.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    bottom: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    f = tower(weights, "bottom", x, bottom)
    return {k: head(weights, k, f, towers) for k in tasks}


def shapes(d: int, tasks: Sequence[str], *, bottom: Sequence[int], towers: Sequence[int]) -> Shapes:
    found = tower_shapes("bottom", d, bottom)
    for k in tasks:
        found |= head_shapes(k, bottom[-1], towers)
    return found
