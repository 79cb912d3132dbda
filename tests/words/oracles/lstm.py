"""Long short-term memory over tokens (Hochreiter and Schmidhuber, 1997, as `torch.nn.LSTM` has it).

i, f, o = σ(…) and g = tanh(…) of W x + b + U h + c; m ← f m + i g, h ← o tanh(m), from h = m = 0.
"""

import numpy as np

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array) -> Array:
    """[B, L, d] -> [B, L, n]."""
    h = m = np.zeros((len(x), weights["0.weight_hh"].shape[1]))
    found: list[Array] = []
    for token in x.swapaxes(0, 1):
        given = token @ weights["0.weight_ih"].T + weights["0.bias_ih"]
        kept = h @ weights["0.weight_hh"].T + weights["0.bias_hh"]
        i, f, g, o = np.split(given + kept, 4, axis=-1)
        m = _sigmoid(f) * m + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(m)
        found.append(h)
    return np.stack(found, axis=1)


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
