"""Progressive layered extraction (Tang et al., RecSys 2020, eq. 6-7).

g^{k,j}(x) = w^{k,j}(g^{k,j-1}(x)) S^{k,j}(x) and y^k(x) = t^k(g^{k,N}(x)). The experts of task k
and its gate read g^{k,j-1}; the shared experts and the shared gate read the shared stream. A task's
gate sees its own experts and the shared ones, the shared gate sees those of all tasks and the
shared ones. The last level N has no shared gate. g^{k,0} is x.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import (
    Shapes,
    counts,
    gate,
    gate_shapes,
    head,
    head_shapes,
    tower,
    tower_shapes,
)
from tests.words.oracles import Array, Weights


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    own: int | Sequence[int],
    common: int,
    levels: Sequence[Sequence[int]],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task; `levels` holds the widths of the experts of each level."""
    m = counts(tasks, own)
    h = dict.fromkeys(tasks, x)
    s = x
    for j, widths in enumerate(levels, start=1):
        mine: dict[str, list[Array]] = {}
        for k in tasks:
            mine[k] = []
            for i in range(1, m[k] + 1):
                mine[k].append(tower(weights, f"mine@{j}[{k}, {i}]", h[k], widths))
        ours = [tower(weights, f"ours@{j}[{i}]", s, widths) for i in range(1, common + 1)]

        moved: dict[str, Array] = {}
        for k in tasks:
            moved[k] = gate(weights, f"h@{j}[{k}]", h[k], mine[k] + ours)
        if j < len(levels):
            everyone = [expert for k in tasks for expert in mine[k]] + ours
            s = gate(weights, f"s@{j}", s, everyone)
        h = moved
    return {k: head(weights, k, h[k], towers) for k in tasks}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    own: int | Sequence[int],
    common: int,
    levels: Sequence[Sequence[int]],
    towers: Sequence[int],
) -> Shapes:
    m = counts(tasks, own)
    found: Shapes = {}
    for j, widths in enumerate(levels, start=1):
        for k in tasks:
            for i in range(1, m[k] + 1):
                found |= tower_shapes(f"mine@{j}[{k}, {i}]", d, widths)
            found |= gate_shapes(f"h@{j}[{k}]", d, m[k] + common)
        for i in range(1, common + 1):
            found |= tower_shapes(f"ours@{j}[{i}]", d, widths)
        if j < len(levels):
            found |= gate_shapes(f"s@{j}", d, sum(m.values()) + common)
        d = widths[-1]
    for k in tasks:
        found |= head_shapes(k, d, towers)
    return found
