"""Shared and task-specific embeddings (Su et al., AAAI 2024, section 4.2 and 4.3).

Task k has tables e^k beside the shared e^s. Its experts read e^k(c), the shared ones e^s(c); its
gate mixes its own experts, those of all other tasks, whose gradient is stopped, and the shared
ones, by softmax(G_k (e^k(c) + e^s(c))).
"""

from collections.abc import Mapping, Sequence

from tests.models.oracles.features import Columns, Field, features
from tests.models.oracles.parts import (
    Shapes,
    gate,
    gate_shapes,
    head,
    head_shapes,
    tower,
    tower_shapes,
)
from tests.words.oracles import Array, Weights, part


def logits(
    weights: Weights,
    columns: Columns,
    tasks: Sequence[str],
    *,
    fields: Sequence[Field],
    tables: Mapping[str, tuple[int, ...]],
    own: int,
    common: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """Columns, each [B] or [B, width], -> [B, 1] per task."""
    del tables
    x = {k: features(part(weights, f"x[{k}].0"), columns, fields) for k in tasks}
    xs = features(part(weights, "xs.0"), columns, fields)
    mine = {
        k: [tower(weights, f"mine[{k}, {i}]", x[k], widths) for i in range(1, own + 1)]
        for k in tasks
    }
    ours = [tower(weights, f"ours[{i}]", xs, widths) for i in range(1, common + 1)]
    found: dict[str, Array] = {}
    for k in tasks:
        others = [expert for j in tasks if j != k for expert in mine[j]]
        h = gate(weights, f"h[{k}]", x[k] + xs, [*mine[k], *others, *ours])
        found[k] = head(weights, k, h, towers)
    return found


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    fields: Sequence[Field],
    tables: Mapping[str, tuple[int, ...]],
    own: int,
    common: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> Shapes:
    del fields
    found: Shapes = {f"xs.0.{name}": shape for name, shape in tables.items()}
    for k in tasks:
        found |= {f"x[{k}].0.{name}": shape for name, shape in tables.items()}
        for i in range(1, own + 1):
            found |= tower_shapes(f"mine[{k}, {i}]", d, widths)
        found |= gate_shapes(f"h[{k}]", d, len(tasks) * own + common)
        found |= head_shapes(k, widths[-1], towers)
    for i in range(1, common + 1):
        found |= tower_shapes(f"ours[{i}]", d, widths)
    return found
