"""Gates that are often exactly 0 or 1, and how many of them are expected not to be 0.

Louizos et al. (ICLR 2018), eq. 10-13; Ma et al. (AAAI 2019, SNR), eq. 5-7.
"""

import math

import numpy as np

from tests.words.oracles import Array, sigmoid


def coefficients(
    log_alpha: Array, *, beta: float, zeta: float, gamma: float, draws: Array | None = None
) -> Array:
    """The shape stays; `draws` are numbers of U(0, 1), without them the model serves."""
    if draws is None:
        s = sigmoid.forward(log_alpha)
    else:
        s = sigmoid.forward((np.log(draws) - np.log(1 - draws) + log_alpha) / beta)
    return np.minimum(1, np.maximum(0, s * (zeta - gamma) + gamma))


def l0(log_alpha: Array, *, beta: float, zeta: float, gamma: float) -> float:
    """Σ P(z ≠ 0) = Σ σ(log α - β log(-γ / ζ))."""
    return float(sigmoid.forward(log_alpha - beta * math.log(-gamma / zeta)).sum())
