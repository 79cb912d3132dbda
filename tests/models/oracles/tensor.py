"""Tensor factorisation of the tasks' weights (Yang and Hospedales, ICLR 2017, eq. 3 to 5).

Layer by layer h_t = relu(W_tᵀ h_t + b_t) with matrices [in, out]: W_t = Σ_k s_kt L_k (last-axis
flattening), or W_t = S ×₁ U₁ ×₂ U₂ ×₃ u_t (Tucker).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes
from tests.words.oracles import Array, Weights, relu

Form = Literal["laf", "tucker"]


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    form: Form,
    widths: Sequence[int],
    ranks: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    found: dict[str, Array] = {}
    for t in tasks:
        h = x
        for level in range(1, len(widths) + 1):
            matrix = _laf if form == "laf" else _tucker
            w = matrix(weights, level, t, ranks)
            h = relu.forward(h @ w + weights[f"b@{level}[{t}].weight"])
        found[t] = head(weights, t, h, ())
    return found


def _laf(weights: Weights, level: int, t: str, ranks: Sequence[int]) -> Array:
    s = weights[f"w@{level}[{t}].mixing"][:, 0]
    base = [weights[f"base@{level}[{k}].weight"] for k in range(1, ranks[0] + 1)]
    return np.sum([a * matrix for a, matrix in zip(s, base, strict=True)], axis=0)


def _tucker(weights: Weights, level: int, t: str, ranks: Sequence[int]) -> Array:
    core, u = weights[f"core@{level}.weight"], weights[f"u@{level}[{t}].weight"]
    inner = np.sum([core[:, :, c] * u[c] for c in range(ranks[2])], axis=0)
    return weights[f"left@{level}.weight"] @ inner @ weights[f"right@{level}.weight"].T


def shapes(
    d: int, tasks: Sequence[str], *, form: Form, widths: Sequence[int], ranks: Sequence[int]
) -> Shapes:
    found: Shapes = {}
    for level, width in enumerate(widths, start=1):
        if form == "laf":
            found |= {f"base@{level}[{k}].weight": (d, width) for k in range(1, ranks[0] + 1)}
            found |= {f"w@{level}[{t}].mixing": (ranks[0], 1) for t in tasks}
        else:
            found[f"core@{level}.weight"] = (ranks[0], ranks[1], ranks[2])
            found[f"left@{level}.weight"] = (d, ranks[0])
            found[f"right@{level}.weight"] = (width, ranks[1])
            found |= {f"u@{level}[{t}].weight": (ranks[2],) for t in tasks}
        found |= {f"b@{level}[{t}].weight": (width,) for t in tasks}
        d = width
    for t in tasks:
        found |= head_shapes(t, d, ())
    return found
