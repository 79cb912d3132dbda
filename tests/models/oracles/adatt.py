"""Adaptive task-to-task fusion (Li et al., KDD 2023, section 3, eq. 7 to 11).

At level l unit u (a task, or the shared one) has experts of its own that read what the unit gave
at level l - 1. What it gives is Σᵢ softmax(G_u f_u)ᵢ eᵢ over the experts of all units, steered by
what it gave before, plus Σⱼ v_uj eⱼ over its own, native ones. The last level has no shared unit's
fusion. v begins with U(-√(1/m), √(1/m)) for m native experts.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import (
    Shapes,
    gate,
    gate_shapes,
    head,
    head_shapes,
    mix,
    tower,
    tower_shapes,
)
from tests.words.oracles import Array, Weights


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    own: int,
    common: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    h, s = dict.fromkeys(tasks, x), x
    for level, width in enumerate(widths, start=1):
        mine = {
            k: [tower(weights, f"mine@{level}[{k}, {i}]", h[k], (width,)) for i in _to(own)]
            for k in tasks
        }
        ours = [tower(weights, f"ours@{level}[{i}]", s, (width,)) for i in _to(common)]
        every = [expert for k in tasks for expert in mine[k]] + ours
        before = dict(h)
        for k in tasks:
            fused = gate(weights, f"fused@{level}[{k}]", before[k], every)
            h[k] = fused + mix(weights[f"native@{level}[{k}].mixing"], mine[k])
        if level < len(widths):
            fused = gate(weights, f"common_fused@{level}", s, every)
            s = fused + mix(weights[f"common_native@{level}.mixing"], ours)
    return {k: head(weights, k, h[k], towers) for k in tasks}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    own: int,
    common: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> Shapes:
    found: Shapes = {}
    every = len(tasks) * own + common
    for level, width in enumerate(widths, start=1):
        for k in tasks:
            for i in _to(own):
                found |= tower_shapes(f"mine@{level}[{k}, {i}]", d, (width,))
            found |= gate_shapes(f"fused@{level}[{k}]", d, every)
            found[f"native@{level}[{k}].mixing"] = (own, 1)
        for i in _to(common):
            found |= tower_shapes(f"ours@{level}[{i}]", d, (width,))
        if level < len(widths):
            found |= gate_shapes(f"common_fused@{level}", d, every)
            found[f"common_native@{level}.mixing"] = (common, 1)
        d = width
    for k in tasks:
        found |= head_shapes(k, d, towers)
    return found


def _to(count: int) -> range:
    return range(1, count + 1)
