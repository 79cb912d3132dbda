"""The hierarchy of multi-gate experts (Wang et al., 2024, section 3), as `specs/home.mtl` has it.

An expert is Swish(BN(W x + b)) of x = z ⊙ 2σ(Σᵢ softmax(G z)ᵢ Bᵢ Aᵢ z), one such feature gate for
all experts of an owner. Meta level, z the features: z_g = gate over g's and the shared experts,
plus the self gate over g's own; z_s = gate over the experts of all groups and the shared ones, plus
the self gate over the shared ones. Task level: a task's and a group's experts read the z_g of the
group, the shared ones z_s; task k's gate, steered by z_g ⊕ z_s, mixes its own experts, its group's
and the shared ones, and its self gate, over its own, steered by z_g, is added.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tests.models.oracles.parts import (
    Shapes,
    gate,
    gate_shapes,
    head,
    head_shapes,
    tower_shapes,
)
from tests.words.oracles import Array, Weights, batch_norm, linear, part, sigmoid, swish

Groups = Mapping[str, Sequence[str]]


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    groups: Groups,
    copies: int,
    width: int,
    rank: int,
    parts: int,
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task, as served: with the batch norms' running statistics as begun."""
    each = range(1, copies + 1)

    def scaled(name: str, z: Array) -> Array:
        low = [
            _low_rank(weights, f"{name}.low[{i}]", z, rank, z.shape[1]) for i in range(1, parts + 1)
        ]
        return z * (2 * sigmoid.forward(gate(weights, f"{name}.scale", z, low)))

    vs = scaled("vs", x)
    sm = [_expert(weights, f"sm[{c}]", vs, width) for c in each]
    gm = {}
    for g in groups:
        vg = scaled(f"vg[{g}]", x)
        gm[g] = [_expert(weights, f"gm[{g}, {c}]", vg, width) for c in each]
    zg = {
        g: gate(weights, f"mg[{g}]", x, [*gm[g], *sm]) + gate(weights, f"own[{g}]", x, gm[g])
        for g in groups
    }
    every = [expert for g in groups for expert in gm[g]] + sm
    zs = gate(weights, "ms", x, every) + gate(weights, "common", x, sm)

    xs = scaled("xs", zs)
    es = [_expert(weights, f"es[{c}]", xs, width) for c in each]
    eg = {}
    for g in groups:
        xg = scaled(f"xg[{g}]", zg[g])
        eg[g] = [_expert(weights, f"eg[{g}, {c}]", xg, width) for c in each]
    found: dict[str, Array] = {}
    for k in tasks:
        g = next(g for g, members in groups.items() if k in members)
        xt = scaled(f"xt[{k}]", zg[g])
        et = [_expert(weights, f"et[{k}, {c}]", xt, width) for c in each]
        steers = np.concatenate([zg[g], zs], axis=1)
        mixed = gate(weights, f"g[{k}]", steers, [*et, *eg[g], *es])
        found[k] = head(weights, k, mixed + gate(weights, f"s[{k}]", zg[g], et), towers)
    return found


def _expert(weights: Weights, name: str, x: Array, width: int) -> Array:
    w = part(weights, name)
    y = linear.forward({"0.weight": w["0.weight"], "0.bias": w["0.bias"]}, x, width)
    norm = {"0.weight": w["1.weight"], "0.bias": w["1.bias"]}
    return swish.forward(batch_norm.forward(norm, y, batch_norm.begin(width), training=False))


def _low_rank(weights: Weights, name: str, z: Array, rank: int, width: int) -> Array:
    a, b = weights[f"{name}.0.weight"], weights[f"{name}.1.weight"]
    assert a.shape == (rank, width)
    assert b.shape == (width, rank)
    return z @ a.T @ b.T


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    groups: Groups,
    copies: int,
    width: int,
    rank: int,
    parts: int,
    towers: Sequence[int],
) -> Shapes:
    each = range(1, copies + 1)
    found: Shapes = gate_shapes("ms", d, (len(groups) + 1) * copies)
    found |= gate_shapes("common", d, copies)
    found |= _scale_shapes("vs", d, rank, parts) | _scale_shapes("xs", width, rank, parts)
    for c in each:
        found |= _expert_shapes(f"sm[{c}]", d, width) | _expert_shapes(f"es[{c}]", width, width)
    for g in groups:
        found |= gate_shapes(f"mg[{g}]", d, 2 * copies) | gate_shapes(f"own[{g}]", d, copies)
        found |= _scale_shapes(f"vg[{g}]", d, rank, parts)
        found |= _scale_shapes(f"xg[{g}]", width, rank, parts)
        for c in each:
            found |= _expert_shapes(f"gm[{g}, {c}]", d, width)
            found |= _expert_shapes(f"eg[{g}, {c}]", width, width)
    for k in tasks:
        found |= _scale_shapes(f"xt[{k}]", width, rank, parts)
        for c in each:
            found |= _expert_shapes(f"et[{k}, {c}]", width, width)
        found |= gate_shapes(f"g[{k}]", 2 * width, 3 * copies)
        found |= gate_shapes(f"s[{k}]", width, copies)
        found |= head_shapes(k, width, towers)
    return found


def _expert_shapes(name: str, d: int, width: int) -> Shapes:
    norm: Shapes = {f"{name}.1.{kind}": (width,) for kind in ("weight", "bias")}
    return tower_shapes(name, d, (width,)) | norm


def _scale_shapes(name: str, d: int, rank: int, parts: int) -> Shapes:
    found: Shapes = gate_shapes(f"{name}.scale", d, parts)
    for i in range(1, parts + 1):
        found |= {f"{name}.low[{i}].0.weight": (rank, d), f"{name}.low[{i}].1.weight": (d, rank)}
    return found
