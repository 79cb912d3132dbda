"""MMoE (Ma et al., KDD 2018, eq. 6 to 8) whose experts begin with cross layers of low rank.

Wang et al., WWW 2021 (DCN-v2), eq. 2: x_{l+1} = x_0 ⊙ (U_l V_lᵀ x_l + b_l) + x_l.
"""

from collections.abc import Sequence

from tests.models.oracles.parts import Shapes, gate, gate_shapes, head, head_shapes, tower_shapes
from tests.words.oracles import Array, Weights, cross, mlp, part


def logits(
    weights: Weights,
    x: Array,
    tasks: Sequence[str],
    *,
    experts: int,
    layers: int,
    rank: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """[B, d] -> [B, 1] per task."""
    e: list[Array] = []
    for i in range(1, experts + 1):
        own = part(weights, f"e[{i}]")
        crossed = cross.forward(own, x, layers=layers, rank=rank)
        deep = {
            f"{k}.{kind}": own[f"{2 * layers + k}.{kind}"]
            for k in range(len(widths))
            for kind in ("weight", "bias")
        }
        e.append(mlp.forward(deep, crossed, *widths))
    return {t: head(weights, t, gate(weights, f"g[{t}]", x, e), towers) for t in tasks}


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    experts: int,
    layers: int,
    rank: int,
    widths: Sequence[int],
    towers: Sequence[int],
) -> Shapes:
    found: Shapes = {}
    for i in range(1, experts + 1):
        for layer in range(layers):
            found[f"e[{i}].{2 * layer}.weight"] = (rank, d)
            found |= {
                f"e[{i}].{2 * layer + 1}.weight": (d, rank),
                f"e[{i}].{2 * layer + 1}.bias": (d,),
            }
        for key, shape in tower_shapes("", d, widths).items():
            _, k, kind = key.split(".")
            found[f"e[{i}].{2 * layers + int(k)}.{kind}"] = shape
    for t in tasks:
        found |= gate_shapes(f"g[{t}]", d, experts) | head_shapes(t, widths[-1], towers)
    return found
