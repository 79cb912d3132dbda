"""The multi-task attention network (Liu et al., CVPR 2019, section 3.2, eq. 1 and 2), of vectors.

Stage j of the shared network gives u_j = relu(U p_{j-1}) and p_j = relu(P u_j). Task k's mask is
m_kj = σ(BN(g relu(BN(h [u_j; a_k(j-1)])))), what it attends to a_kj = f_j(m_kj ⊙ p_j) with
f_j = relu(BN(F ·)), one f_j for all tasks. The first mask has u_1 alone. (The authors' code,
lorenmt/mtan: `im2im_pred/model_segnet_mtan.py`.)
"""

from collections.abc import Sequence

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, tower_shapes
from tests.words.oracles import Array, Weights, batch_norm, part, relu, sigmoid


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task, as served: with the batch norms' running statistics as begun."""
    shared = x
    a: dict[str, Array] = {}
    for stage in range(1, len(widths) + 1):
        u = relu.forward(_linear(weights, f"u@{stage}", 0, shared))
        p = relu.forward(_linear(weights, f"p@{stage}", 0, u))
        for k in tasks:
            name = f"mask@{stage}[{k}]"
            seen = np.concatenate([u, a[k]], axis=1) if k in a else u
            inner = relu.forward(_norm(weights, name, 1, _linear(weights, name, 0, seen)))
            mask = sigmoid.forward(_norm(weights, name, 3, _linear(weights, name, 2, inner)))
            y = _norm(weights, f"f@{stage}", 1, _linear(weights, f"f@{stage}", 0, mask * p))
            a[k] = relu.forward(y)
        shared = p
    return {k: head(weights, k, a[k], towers) for k in tasks}


def _linear(weights: Weights, name: str, number: int, x: Array) -> Array:
    return x @ weights[f"{name}.{number}.weight"].T + weights[f"{name}.{number}.bias"]


def _norm(weights: Weights, name: str, number: int, x: Array) -> Array:
    own = {f"0.{key}": value for key, value in part(weights, f"{name}.{number}").items()}
    return batch_norm.forward(own, x, batch_norm.begin(x.shape[1]), training=False)


def shapes(d: int, tasks: Sequence[str], *, widths: Sequence[int], towers: Sequence[int]) -> Shapes:
    found: Shapes = {}
    before = 0
    for stage, width in enumerate(widths, start=1):
        found |= tower_shapes(f"u@{stage}", d, (width,)) | tower_shapes(
            f"p@{stage}", width, (width,)
        )
        found |= tower_shapes(f"f@{stage}", width, (width,)) | _norm_shapes(f"f@{stage}.1", width)
        for k in tasks:
            name = f"mask@{stage}[{k}]"
            found |= {f"{name}.0.weight": (width, width + before), f"{name}.0.bias": (width,)}
            found |= {f"{name}.2.weight": (width, width), f"{name}.2.bias": (width,)}
            found |= _norm_shapes(f"{name}.1", width) | _norm_shapes(f"{name}.3", width)
        d = before = width
    for k in tasks:
        found |= head_shapes(k, d, towers)
    return found


def _norm_shapes(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}
