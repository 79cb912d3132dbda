"""Sub-network routing (Ma et al., AAAI 2019, section 3, eq. 2 to 9).

Between two levels v_i = Σ_j z_ij u_j (SNR-Aver) or Σ_j z_ij W_ij u_j (SNR-Trans), with z_ij a hard
concrete variable of its own log α_ij; served, z = clip(σ(log α)(ζ - γ) + γ). The expected number of
edges is charged. β = .9, ζ = 1.1 and γ = -.1.
"""

from collections.abc import Sequence

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, hard_concrete

LAW = {"beta": 0.9, "zeta": 1.1, "gamma": -0.1}


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    transforms: bool,
    slots: int,
    width: int,
    towers: Sequence[int],
    charge: float,
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    del charge
    each = range(1, slots + 1)
    u = [tower(weights, f"u[{j}]", x, (width,)) for j in each]
    w: list[Array] = []
    for i in each:
        edges = (
            [u[j - 1] @ weights[f"carried[{i}, {j}].0.weight"].T for j in each] if transforms else u
        )
        v = _routed(weights[f"v[{i}].mixing"], edges)
        w.append(tower(weights, f"w[{i}]", v, (width,)))
    found: dict[str, Array] = {}
    for k in tasks:
        edges = (
            [w[j - 1] @ weights[f"handed[{k}, {j}].0.weight"].T for j in each] if transforms else w
        )
        found[k] = head(weights, k, _routed(weights[f"x[{k}].mixing"], edges), towers)
    return found


def _routed(log_alpha: Array, edges: Sequence[Array]) -> Array:
    z = hard_concrete.coefficients(log_alpha[:, 0], **LAW)
    return np.sum([a * edge for a, edge in zip(z, edges, strict=True)], axis=0)


def terms(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    transforms: bool,
    slots: int,
    width: int,
    towers: Sequence[int],
    charge: float,
) -> dict[str, float]:
    del x, transforms, width, towers
    names = [*(f"v[{i}]" for i in range(1, slots + 1)), *(f"x[{k}]" for k in tasks)]
    total = sum(hard_concrete.l0(weights[f"{name}.mixing"], **LAW) for name in names)
    return {"edges": charge * total}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    transforms: bool,
    slots: int,
    width: int,
    towers: Sequence[int],
    charge: float,
) -> Shapes:
    del charge
    found: Shapes = {}
    each = range(1, slots + 1)
    for i in each:
        found |= tower_shapes(f"u[{i}]", d, (width,)) | tower_shapes(f"w[{i}]", width, (width,))
        found[f"v[{i}].mixing"] = (slots, 1)
    for k in tasks:
        found[f"x[{k}].mixing"] = (slots, 1)
        found |= head_shapes(k, width, towers)
    if transforms:
        found |= {f"carried[{i}, {j}].0.weight": (width, width) for i in each for j in each}
        found |= {f"handed[{k}, {j}].0.weight": (width, width) for k in tasks for j in each}
    return found
