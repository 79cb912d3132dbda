"""The hierarchy of multi-gate experts (Wang et al., 2024, section 3), as `specs/home.mtl` has it.

An expert is Swish(BN(W x + b)). Meta level: z_g = gate over g's and the shared experts, plus the
self gate over g's own; z_s = gate over the experts of all groups and the shared ones, plus the self
gate over the shared ones. Task level: an expert reads z ⊙ 2σ(B A z), z of its task's group, of its
group, or the shared one; task k's gate mixes its own experts, its group's and the shared ones, and
its self gate, over its own, is added; both are steered by the z of its group.
"""

from collections.abc import Mapping, Sequence

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
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task, as served: with the batch norms' running statistics as begun."""
    each = range(1, copies + 1)
    gm = {g: [_expert(weights, f"gm[{g}, {c}]", x, width) for c in each] for g in groups}
    sm = [_expert(weights, f"sm[{c}]", x, width) for c in each]
    zg = {
        g: gate(weights, f"mg[{g}]", x, [*gm[g], *sm]) + gate(weights, f"own[{g}]", x, gm[g])
        for g in groups
    }
    every = [expert for g in groups for expert in gm[g]] + sm
    zs = gate(weights, "ms", x, every) + gate(weights, "common", x, sm)

    def upper(expert: str, feature_gate: str, z: Array) -> Array:
        scale = 2 * sigmoid.forward(_low_rank(weights, feature_gate, z, rank, width))
        return _expert(weights, expert, z * scale, width)

    es = [upper(f"es[{c}]", f"fs[{c}]", zs) for c in each]
    eg = {g: [upper(f"eg[{g}, {c}]", f"fg[{g}, {c}]", zg[g]) for c in each] for g in groups}
    found: dict[str, Array] = {}
    for k in tasks:
        g = next(g for g, members in groups.items() if k in members)
        et = [upper(f"et[{k}, {c}]", f"ft[{k}, {c}]", zg[g]) for c in each]
        mixed = gate(weights, f"g[{k}]", zg[g], [*et, *eg[g], *es])
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
    towers: Sequence[int],
) -> Shapes:
    each = range(1, copies + 1)
    found: Shapes = gate_shapes("ms", d, (len(groups) + 1) * copies)
    found |= gate_shapes("common", d, copies)
    for c in each:
        found |= _expert_shapes(f"sm[{c}]", d, width)
        found |= _upper_shapes(f"es[{c}]", f"fs[{c}]", width, rank)
    for g in groups:
        found |= gate_shapes(f"mg[{g}]", d, 2 * copies) | gate_shapes(f"own[{g}]", d, copies)
        for c in each:
            found |= _expert_shapes(f"gm[{g}, {c}]", d, width)
            found |= _upper_shapes(f"eg[{g}, {c}]", f"fg[{g}, {c}]", width, rank)
    for k in tasks:
        for c in each:
            found |= _upper_shapes(f"et[{k}, {c}]", f"ft[{k}, {c}]", width, rank)
        found |= gate_shapes(f"g[{k}]", width, 3 * copies) | gate_shapes(f"s[{k}]", width, copies)
        found |= head_shapes(k, width, towers)
    return found


def _expert_shapes(name: str, d: int, width: int) -> Shapes:
    norm: Shapes = {f"{name}.1.{kind}": (width,) for kind in ("weight", "bias")}
    return tower_shapes(name, d, (width,)) | norm


def _upper_shapes(expert: str, feature_gate: str, width: int, rank: int) -> Shapes:
    low: Shapes = {
        f"{feature_gate}.0.weight": (rank, width),
        f"{feature_gate}.1.weight": (width, rank),
    }
    return _expert_shapes(expert, width, width) | low
