"""The cross network of DCN-v2: x_{l+1} = x_0 ⊙ (W_l x_l + b_l) + x_l.

Wang et al. (WWW 2021), eq. 1; of low rank (eq. 2) W_l = U_l V_lᵀ.
"""

from tests.words.oracles import Array, Weights


def forward(weights: Weights, x: Array, layers: int = 2, rank: int | None = None) -> Array:
    y = x
    for layer in range(layers):
        if rank is None:
            inner = y @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"]
        else:
            down, up = weights[f"{2 * layer}.weight"], weights[f"{2 * layer + 1}.weight"]
            assert down.shape == (rank, x.shape[-1])
            inner = y @ down.T @ up.T + weights[f"{2 * layer + 1}.bias"]
        y = x * inner + y
    return y
