"""The sparsely-gated mixture of experts (Shazeer et al., ICLR 2017, eq. 1 to 11), a gate per task.

g_k = softmax over the k largest of H = x W_g + ε softplus(x W_noise), the noise in training alone.
Charged are CV²(Σ_rows g) of importance and CV² of load, the smooth number of rows of each expert.
"""

from collections.abc import Sequence

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, cv2, importance, noisy_top


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    experts: int,
    k: int,
    widths: Sequence[int],
    towers: Sequence[int],
    charge: float,
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task, as served."""
    del charge
    e = np.stack([tower(weights, f"e[{i}]", x, widths) for i in range(1, experts + 1)], axis=1)
    found: dict[str, Array] = {}
    for t in tasks:
        g = noisy_top.coefficients(*_scores(weights, x, t), k=k)
        found[t] = head(weights, t, (g[..., None] * e).sum(axis=1), towers)
    return found


def _scores(weights: Weights, x: Array, t: str) -> tuple[Array, Array]:
    return x @ weights[f"g[{t}].gate.weight"].T, x @ weights[f"g[{t}].noise.weight"].T


def terms(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    experts: int,
    k: int,
    widths: Sequence[int],
    towers: Sequence[int],
    charge: float,
) -> dict[str, float]:
    del experts, widths, towers
    total = 0.0
    for t in tasks:
        scores, noise = _scores(weights, x, t)
        g = noisy_top.coefficients(scores, noise, k=k)
        total += cv2.value(importance.value(g))
        total += cv2.value(noisy_top.load(scores, noise, scores, k=k))
    return {"balanced": charge * total}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    experts: int,
    k: int,
    widths: Sequence[int],
    towers: Sequence[int],
    charge: float,
) -> Shapes:
    del k, charge
    found: Shapes = {}
    for i in range(1, experts + 1):
        found |= tower_shapes(f"e[{i}]", d, widths)
    for t in tasks:
        found |= {f"g[{t}].gate.weight": (experts, d), f"g[{t}].noise.weight": (experts, d)}
        found |= head_shapes(t, widths[-1], towers)
    return found
