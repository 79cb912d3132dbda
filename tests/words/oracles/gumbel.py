"""softmax((ℓ + g) / τ), gᵢ = -log(-log uᵢ). Jang et al. (ICLR 2017), eq. 1-2.

Maddison et al. (ICLR 2017) say the same in other words.
"""

import numpy as np

from tests.words.oracles import Array, softmax


def coefficients(scores: Array, *, tau: float, draws: Array | None = None) -> Array:
    """[…, n] -> […, n]; `draws` are numbers of U(0, 1), without them the model serves."""
    noise = 0.0 if draws is None else -np.log(-np.log(draws))
    return softmax.coefficients((scores + noise) / tau)
