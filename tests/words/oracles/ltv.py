"""A zero-inflated lognormal value: Wang, Liu and Miao, 2019 (arXiv 1912.07753), eq. 3 and 4."""

import math

import numpy as np

from tests.words.oracles import Array, sigmoid


def _deviation(predictions: Array) -> Array:
    return np.maximum(np.logaddexp(0, predictions[:, 2]), math.sqrt(1e-7))


def loss(predictions: Array, labels: Array) -> float:
    """[B, 3] (logit, μ, σ before softplus), [B, 1] -> the mean over labelled rows, or 0.

    The cross entropy of y > 0, and of the others log(y σ √2π) + (log y - μ)² / 2σ².
    """
    present = ~np.isnan(labels[:, 0])
    if not present.any():
        return 0.0
    z, y = predictions[present], labels[present, 0]
    buys = y > 0
    entropy = np.where(buys, np.logaddexp(0, -z[:, 0]), np.logaddexp(0, z[:, 0]))
    s, log_y = _deviation(z), np.log(np.where(buys, y, 1.0))
    density = log_y + np.log(s * math.sqrt(2 * math.pi)) + (log_y - z[:, 1]) ** 2 / (2 * s**2)
    return float((entropy + np.where(buys, density, 0.0)).mean())


def serve(predictions: Array) -> Array:
    """[B, 3] -> [B, 1]: the expected value, p exp(μ + σ²/2)."""
    p, s = sigmoid.forward(predictions[:, 0]), _deviation(predictions)
    return (p * np.exp(predictions[:, 1] + s**2 / 2))[:, None]
