"""The parameter and embedding personalised network (Chang et al., KDD 2023, section 3).

A gate is G(x) = 2 σ(W' relu(W x + b) + b'). EPNet scales the features E by the domain d:
O = G(d ⊕ E) ⊙ E. PPNet scales the hidden units of layer l of task k by who meets what:
H_l = G_kl(u ⊕ O) ⊙ relu(W_kl H_(l-1) + b_kl), H_0 = O. d and u have tables of their own.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tests.models.oracles.features import Columns, Field, features
from tests.models.oracles.parts import Shapes, head, head_shapes, tower, tower_shapes
from tests.words.oracles import Array, Weights, linear, part, sigmoid

DOMAIN = ("tab",)
WHO = ("user_id", "video_id", "author_id")


def logits(
    weights: Weights,
    columns: Columns,
    tasks: Sequence[str],
    *,
    fields: Sequence[Field],
    tables: Mapping[str, tuple[int, int]],
    inner: int,
    widths: Sequence[int],
) -> dict[str, Array]:
    """Columns, each [B] or [B, width], -> [B, 1] per task."""
    del tables
    e = features(weights, columns, fields)
    domain = features(part(weights, "domain.0"), columns, [(name, "category") for name in DOMAIN])
    who = features(part(weights, "who.0"), columns, [(name, "category") for name in WHO])
    o = _gate(weights, "ep", np.concatenate([domain, e], axis=1), inner) * e
    prior = np.concatenate([who, o], axis=1)
    found: dict[str, Array] = {}
    for k in tasks:
        h = o
        for level, width in enumerate(widths, start=1):
            units = tower(weights, f"f@{level}[{k}]", h, (width,))
            h = _gate(weights, f"pp@{level}[{k}]", prior, inner) * units
        found[k] = head(weights, k, h, ())
    return found


def _gate(weights: Weights, name: str, x: Array, inner: int) -> Array:
    w = part(weights, name)
    hidden = tower({f"{name}.{key}": w[key] for key in ("0.weight", "0.bias")}, name, x, (inner,))
    outer = {"0.weight": w["1.weight"], "0.bias": w["1.bias"]}
    return 2 * sigmoid.forward(linear.forward(outer, hidden, len(w["1.bias"])))


def shapes(
    d: int,
    tasks: Sequence[str],
    *,
    fields: Sequence[Field],
    tables: Mapping[str, tuple[int, int]],
    inner: int,
    widths: Sequence[int],
) -> Shapes:
    del fields
    found: Shapes = dict(tables)
    for name, columns in (("domain.0", DOMAIN), ("who.0", WHO)):
        found |= {f"{name}.{column}.weight": tables[f"{column}.weight"] for column in columns}
    domain = sum(tables[f"{column}.weight"][1] for column in DOMAIN)
    who = sum(tables[f"{column}.weight"][1] for column in WHO)
    found |= tower_shapes("ep", domain + d, (inner, d))
    for k in tasks:
        before = d
        for level, width in enumerate(widths, start=1):
            found |= tower_shapes(f"f@{level}[{k}]", before, (width,))
            found |= tower_shapes(f"pp@{level}[{k}]", who + d, (inner, width))
            before = width
        found |= head_shapes(k, before, ())
    return found
