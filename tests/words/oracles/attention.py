"""Multi-head self-attention (Vaswani et al., NeurIPS 2017, section 3.2.2), padding left out.

head_i = softmax(q_i k_iᵀ / √(d/h)) v_i of the i-th part of q = W_q x + b_q, k and v likewise; the
heads side by side go through W_o x + b_o.
"""

import numpy as np

from tests.words.oracles import Array, Weights, linear, softmax


def forward(weights: Weights, x: Array, mask: Array, heads: int) -> Array:
    """[B, L, d] and a mask [B, L] -> [B, L, d]; rows of padding mean nothing."""
    width = x.shape[-1]
    q, k, v = (linear.forward(_layer(weights, i), x, width) for i in range(3))
    joined = np.zeros(x.shape)
    for row, kept in enumerate(mask):
        for part in np.split(np.arange(width), heads):
            if kept.any():
                scores = q[row][:, part] @ k[row][kept][:, part].T / np.sqrt(len(part))
                joined[row][:, part] = softmax.coefficients(scores) @ v[row][kept][:, part]
    return linear.forward(_layer(weights, 3), joined, width)


def _layer(weights: Weights, number: int) -> dict[str, Array]:
    return {f"0.{name}": weights[f"{number}.{name}"] for name in ("weight", "bias")}
