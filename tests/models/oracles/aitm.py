"""The adaptive information transfer network (Xi et al., KDD 2021, section 3.3, eq. 4 to 9).

q_t = g(x) of task t's own layers; z_1 = q_1. For t > 1, p_t = relu(A_t z_{t-1} + a_t), and z_t
weighs u ∈ {p_t, q_t}: z_t = Σ_u w_u V_t(u), w = softmax_u(<K_t(u), Q_t(u)> / √k), with linear V, K
and Q of each hand-over. The calibrator adds charge · mean max(ŷ_t - ŷ_{t-1}, 0) over the rows, for
t > 1.
"""

import math
from collections.abc import Sequence

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, linear, part, sigmoid, softmax


def logits(
    weights: Weights, x: Array, tasks: Sequence[str], *, bottom: Sequence[int], width: int
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    z: dict[str, Array] = {}
    before = ""
    for k in tasks:
        q = tower(weights, f"q[{k}]", x, (*bottom, width))
        z[k] = q
        if before:
            p = tower(weights, f"p[{k}]", z[before], (width,))
            z[k] = _handed(weights, k, (p, q), width)
        before = k
    return {k: head(weights, k, z[k], ()) for k in tasks}


def _handed(weights: Weights, k: str, both: Sequence[Array], width: int) -> Array:
    value, key, query = (
        [linear.forward(part(weights, f"{name}[{k}]"), u, width) for u in both]
        for name in ("value", "key", "query")
    )
    scores = [(a * b).sum(axis=1) / math.sqrt(width) for a, b in zip(key, query, strict=True)]
    w = softmax.coefficients(np.stack(scores, axis=1))
    return w[:, [0]] * value[0] + w[:, [1]] * value[1]


def terms(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    bottom: Sequence[int],
    width: int,
    charge: float = 0.6,
) -> dict[str, float]:
    found = logits(weights, x, tasks, bottom=bottom, width=width)
    p = [sigmoid.forward(found[k]) for k in tasks]
    rises = [np.maximum(p[t] - p[t - 1], 0).mean() for t in range(1, len(tasks))]
    return {"calibrate": charge * float(sum(rises))} if rises else {}


def shapes(d: int, tasks: Sequence[str], *, bottom: Sequence[int], width: int) -> Shapes:
    found: Shapes = {}
    for place, k in enumerate(tasks):
        found |= tower_shapes(f"q[{k}]", d, (*bottom, width)) | head_shapes(k, width, ())
        if place:
            for name in ("p", "value", "key", "query"):
                found |= tower_shapes(f"{name}[{k}]", width, (width,))
    return found
