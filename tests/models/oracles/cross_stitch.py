"""Cross-stitch networks (Misra et al., CVPR 2016, section 3.3, eq. 1).

Task i has a network of its own. After each of its layers the activations x_j of all networks are
mixed: x̃_i = Σⱼ α_ij x_j, and x̃_i is what the next layer of network i reads, or its output layer.
α_ij is learned as it is: one number for each channel (section 5, "Cross-stitching"), or one for
the whole layer (section 6). It begins with α_S for j = i and α_D for each other task, which
together are a convex combination (section 5.1; table 1 is best with .9 and .1).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, mix, tower, tower_shapes
from tests.words.oracles import Array, Weights


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    widths: Sequence[int],
    per: Literal["channel", "scalar"],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    h = dict.fromkeys(tasks, x)
    for layer, width in enumerate(widths, start=1):
        f = {k: tower(weights, f"f@{layer}[{k}]", h[k], (width,)) for k in tasks}
        for k in tasks:
            alpha = weights[f"h@{layer}[{k}].mixing"]
            assert alpha.shape == (len(tasks), width if per == "channel" else 1)
            h[k] = mix(alpha, [f[j] for j in tasks])
    return {k: head(weights, k, h[k], towers) for k in tasks}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    widths: Sequence[int],
    per: Literal["channel", "scalar"],
    towers: Sequence[int],
) -> Shapes:
    found: Shapes = {}
    for layer, width in enumerate(widths, start=1):
        for k in tasks:
            found |= tower_shapes(f"f@{layer}[{k}]", d, (width,))
            found[f"h@{layer}[{k}].mixing"] = (len(tasks), width if per == "channel" else 1)
        d = width
    for k in tasks:
        found |= head_shapes(k, d, towers)
    return found


def initial(tasks: Sequence[str], task: str, *, same: float = 0.9) -> Array:
    """α of one task at the start, [T, 1]: `same` for itself, the rest divided among the others."""
    if len(tasks) == 1:
        return np.ones((1, 1))
    alpha = np.empty((len(tasks), 1))
    for place, other in enumerate(tasks):
        alpha[place] = same if other == task else (1 - same) / (len(tasks) - 1)
    return alpha
