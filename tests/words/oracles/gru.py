"""A gated recurrent unit over tokens (Cho et al., EMNLP 2014, as `torch.nn.GRU` has it).

r = σ(W_r x + b_r + U_r h + c_r), z likewise, n = tanh(W_n x + b_n + r (U_n h + c_n)),
h ← (1 - z) n + z h, beginning with h = 0.
"""

import numpy as np

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array) -> Array:
    """[B, L, d] -> [B, L, n]."""
    w, u = (np.split(weights[f"0.weight_{part}"], 3) for part in ("ih", "hh"))
    b, c = (np.split(weights[f"0.bias_{part}"], 3) for part in ("ih", "hh"))
    h = np.zeros((len(x), len(b[0])))
    found: list[Array] = []
    for token in x.swapaxes(0, 1):
        given = [token @ w[i].T + b[i] for i in range(3)]
        kept = [h @ u[i].T + c[i] for i in range(3)]
        r, z = (_sigmoid(given[i] + kept[i]) for i in (0, 1))
        n = np.tanh(given[2] + r * kept[2])
        h = (1 - z) * n + z * h
        found.append(h)
    return np.stack(found, axis=1)


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
