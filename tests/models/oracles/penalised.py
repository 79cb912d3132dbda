"""Networks apart whose weights are held together by a penalty on all tasks' matrices of a layer.

Σ_t ‖W_t - W̄‖² (Evgeniou and Pontil, KDD 2004) or without the square (Zhang and Yang, TKDE 2021);
Σ_j ‖[W_1 … W_T]_j‖ over input rows (Obozinski et al., 2010); the sum of the singular values of
[W_1 … W_T] (Pong et al., 2010). Matrices are [in, out]. A penalty by a proximal step is no term.
"""

from collections.abc import Callable, Sequence

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights

Penalty = Callable[..., float]
Layers = Sequence[tuple[str, int]]
"""The layers of a network: `f@1` and its width."""


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    layers: Layers,
    penalties: dict[str, tuple[str, Penalty]],
    strength: float,
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task; `penalties` has the layer and the penalty of each term."""
    del penalties, strength
    found: dict[str, Array] = {}
    for t in tasks:
        h = x
        for name, width in layers:
            h = tower(weights, f"{name}[{t}]", h, (width,))
        found[t] = head(weights, t, h, ())
    return found


def terms(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    layers: Layers,
    penalties: dict[str, tuple[str, Penalty]],
    strength: float,
) -> dict[str, float]:
    del x, layers
    return {
        term: strength * penalty(*(weights[f"{name}[{t}].0.weight"].T for t in tasks))
        for term, (name, penalty) in penalties.items()
    }


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    layers: Layers,
    penalties: dict[str, tuple[str, Penalty]],
    strength: float,
) -> Shapes:
    del penalties, strength
    found: Shapes = {}
    for name, width in layers:
        for t in tasks:
            found |= tower_shapes(f"{name}[{t}]", d, (width,))
        d = width
    for t in tasks:
        found |= head_shapes(t, d, ())
    return found
