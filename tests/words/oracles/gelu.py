"""x Φ(x), Φ the normal distribution's (Hendrycks and Gimpel 2016, the exact form)."""

import math

import numpy as np

from tests.words.oracles import Array


def forward(x: Array) -> Array:
    phi = np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x.ravel()])
    return x * phi.reshape(x.shape)
