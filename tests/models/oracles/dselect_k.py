"""DSelect-k (Hazimeh et al., NeurIPS 2021, section 3): f_k = Σᵢ q(α_k, Z_k)ᵢ eᵢ for task k.

q mixes k selectors by a softmax of α; a selector's ⌈log₂ n⌉ bits Z pass a smooth step. Static, α
and Z are learned as they are; per example, they are linear in the row. The entropy of every task's
selectors is charged.
"""

from collections.abc import Sequence

import numpy as np

from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, dselect


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    experts: int,
    k: int,
    gamma: float,
    per_example: bool,
    widths: Sequence[int],
    towers: Sequence[int],
    charge: float,
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    del charge, k
    e = np.stack([tower(weights, f"e[{i}]", x, widths) for i in range(1, experts + 1)], axis=1)
    found: dict[str, Array] = {}
    for t in tasks:
        alpha, bits = _learned(weights, x, t, per_example=per_example)
        q = dselect.coefficients(alpha, bits, n=experts, gamma=gamma)
        found[t] = head(weights, t, (q[..., None] * e).sum(axis=1), towers)
    return found


def _learned(weights: Weights, x: Array, t: str, *, per_example: bool) -> tuple[Array, Array]:
    """α [B, k] and Z [B, k·m]."""
    if per_example:
        return x @ weights[f"g[{t}].gate.weight"].T, x @ weights[f"g[{t}].bits.weight"].T
    alpha, bits = weights[f"g[{t}].mixing"][:, 0], weights[f"g[{t}].bits"][:, 0]
    return np.tile(alpha, (len(x), 1)), np.tile(bits, (len(x), 1))


def terms(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    experts: int,
    k: int,
    gamma: float,
    per_example: bool,
    widths: Sequence[int],
    towers: Sequence[int],
    charge: float,
) -> dict[str, float]:
    del widths, towers
    total = 0.0
    for t in tasks:
        _, bits = _learned(weights, x, t, per_example=per_example)
        rows = [dselect.entropy(row, k=k, n=experts, gamma=gamma) for row in bits]
        total += sum(rows) / len(rows)
    return {"selective": charge * total}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    experts: int,
    k: int,
    gamma: float,
    per_example: bool,
    widths: Sequence[int],
    towers: Sequence[int],
    charge: float,
) -> Shapes:
    del gamma, charge
    found: Shapes = {}
    bits = k * (experts - 1).bit_length()
    for i in range(1, experts + 1):
        found |= tower_shapes(f"e[{i}]", d, widths)
    for t in tasks:
        if per_example:
            found |= {f"g[{t}].gate.weight": (k, d), f"g[{t}].bits.weight": (bits, d)}
        else:
            found |= {f"g[{t}].mixing": (k, 1), f"g[{t}].bits": (bits, 1)}
        found |= head_shapes(t, widths[-1], towers)
    return found
