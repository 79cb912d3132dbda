"""A learned share between a common and a private body, after every layer of both.

h_t ← α_t relu(C c) + (1 - α_t) relu(P_t h_t) and c ← relu(C c), with α_t = softmax(a_t)₁ of two
scores, ½ at the start.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import Shapes, head, head_shapes, mix, tower, tower_shapes
from tests.words.oracles import Array, Weights, softmax


def logits(
    weights: Weights, x: Array, tasks: Sequence[str], *, widths: Sequence[int]
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    c, h = x, dict.fromkeys(tasks, x)
    for level, width in enumerate(widths, start=1):
        ours = tower(weights, f"ours@{level}", c, (width,))
        for t in tasks:
            mine = tower(weights, f"mine@{level}[{t}]", h[t], (width,))
            share = softmax.coefficients(weights[f"h@{level}[{t}].mixing"][:, 0])
            h[t] = mix(share[:, None], [ours, mine])
        c = ours
    return {t: head(weights, t, h[t], ()) for t in tasks}


def shapes(d: int, tasks: Sequence[str], *, widths: Sequence[int]) -> Shapes:
    found: Shapes = {}
    for level, width in enumerate(widths, start=1):
        found |= tower_shapes(f"ours@{level}", d, (width,))
        for t in tasks:
            found |= tower_shapes(f"mine@{level}[{t}]", d, (width,))
            found[f"h@{level}[{t}].mixing"] = (2, 1)
        d = width
    for t in tasks:
        found |= head_shapes(t, d, ())
    return found
