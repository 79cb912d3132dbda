"""Single-task learning, the baseline of Ma et al. (KDD 2018) and Tang et al. (RecSys 2020).

y_k = h^k(f^k(e^k(c))): task k embeds the columns c by tables e^k of its own and reads them through
a bottom f^k and a tower h^k of its own. No task's weight is in another task's prediction.
"""

from collections.abc import Mapping, Sequence

from tests.models.oracles.features import Columns, Field, features
from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, part


def logits(
    weights: Weights,
    columns: Columns,
    tasks: Sequence[str],
    *,
    fields: Sequence[Field],
    tables: Mapping[str, tuple[int, ...]],
    widths: Sequence[int],
    towers: Sequence[int],
) -> dict[str, Array]:
    """Columns, each [B] or [B, width], -> [B, 1] per task; `tables` are the shapes of a task's."""
    result: dict[str, Array] = {}
    for k in tasks:
        own = part(weights, f"mine[{k}].0")
        assert {name: table.shape for name, table in own.items()} == tables
        x = features(own, columns, fields)
        f_k = tower(weights, f"body[{k}]", x, widths)
        result[k] = head(weights, k, f_k, towers)
    return result


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    fields: Sequence[Field],
    tables: Mapping[str, tuple[int, ...]],
    widths: Sequence[int],
    towers: Sequence[int],
) -> Shapes:
    """The tables are among them: they are the tasks' own."""
    del fields
    found: Shapes = {}
    for k in tasks:
        found |= {f"mine[{k}].0.{name}": shape for name, shape in tables.items()}
        found |= tower_shapes(f"body[{k}]", d, widths)
        found |= head_shapes(k, widths[-1], towers)
    return found
