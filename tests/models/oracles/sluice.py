"""Sluice networks (Ruder et al., AAAI 2019, section 2), their hidden layers dense.

A layer of task k has two subspaces s with units of their own: h_ks = relu(W_ks x_k + b_ks), where
x_k is what the layer before gave. α mixes all 2T subspaces into each: z_ks = Σ_jr α_ksjr h_jr, and
[z_k1; z_k2] is what the layer gives. β mixes layers: task k's tower reads Σ_l β_kl [z_k1; z_k2]_l.
To the tasks' losses is added λ Σ_kl ‖W_k1ᵀ W_k2‖²_F, with weight matrices [in, out].

At the start α is 1 / 2T ("balanced" in the authors' code, predictors.py) and β is .9 for the last
layer, with .1 divided among those before.
"""

from collections.abc import Sequence

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, mix, tower, tower_shapes
from tests.words.oracles import Array, Weights, concat, orthogonal

PARTS = (1, 2)


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    layers: int,
    width: int,
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task; `width` is that of a subspace."""
    h = dict.fromkeys(tasks, x)
    trace: dict[str, list[Array]] = {k: [] for k in tasks}
    for layer in range(1, layers + 1):
        f = [tower(weights, f"f@{layer}[{k}, {s}]", h[k], (width,)) for k in tasks for s in PARTS]
        for k in tasks:
            mixed = [mix(weights[f"z@{layer}[{k}, {s}].mixing"], f) for s in PARTS]
            h[k] = concat.forward(*mixed)
            trace[k].append(h[k])
    return {k: head(weights, k, mix(weights[f"out[{k}].mixing"], trace[k]), towers) for k in tasks}


def terms(
    weights: Weights,
    tasks: Sequence[str],
    *,
    layers: int,
    width: int,
    towers: Sequence[int],
    strength: float = 0.1,
) -> dict[str, float]:
    """The penalty of each layer, summed over the tasks, as `apart@l`."""
    del width, towers
    return {
        f"apart@{layer}": strength * sum(penalty(weights, k, layer) for k in tasks)
        for layer in range(1, layers + 1)
    }


def penalty(weights: Weights, task: str, layer: int) -> float:
    """‖W₁ᵀ W₂‖²_F of one task's layer; weights are kept as [out, in]."""
    first, second = (weights[f"f@{layer}[{task}, {s}].0.weight"] for s in PARTS)
    return orthogonal.value(first.T, second.T)


def shapes(
    d: int, tasks: Sequence[str], *, layers: int, width: int, towers: Sequence[int]
) -> Shapes:
    found: Shapes = {}
    for layer in range(1, layers + 1):
        for k in tasks:
            for s in PARTS:
                found |= tower_shapes(f"f@{layer}[{k}, {s}]", d, (width,))
                found[f"z@{layer}[{k}, {s}].mixing"] = (2 * len(tasks), 1)
        d = 2 * width
    for k in tasks:
        found[f"out[{k}].mixing"] = (layers, 1)
        found |= head_shapes(k, d, towers)
    return found


def initial_alpha(tasks: Sequence[str]) -> Array:
    """α of one subspace at the start: [2T, 1]."""
    return np.full((2 * len(tasks), 1), 1 / (2 * len(tasks)))


def initial_beta(layers: int, *, last: float = 0.9) -> Array:
    """β of one task at the start: [layers, 1]."""
    if layers == 1:
        return np.ones((1, 1))
    beta = np.full((layers, 1), (1 - last) / (layers - 1))
    beta[-1] = last
    return beta
