"""Homoscedastic uncertainty (Kendall, Gal and Cipolla, CVPR 2018).

Eq. 5 to 7: a Gaussian likelihood with variance σ² gives L / (2 σ²) + log σ for a squared error L.
Eq. 8 to 10: a softmax of logits divided by σ² gives, approximately, L / σ² + log σ for a cross
entropy L. With s = log σ².
"""

import numpy as np

from tests.words.oracles import Array
from tests.words.oracles.adam import Adam


def objective(losses: Array, s: Array, squared: Array) -> float:
    """[T], [T], bool [T] -> the sum over tasks; a loss that is NaN is one without labels."""
    total = 0.0
    for loss, log_variance, is_squared in zip(losses, s, squared, strict=True):
        if np.isnan(loss):
            continue
        variance = np.exp(log_variance)
        total += loss / (2 * variance) if is_squared else loss / variance
        total += np.log(np.sqrt(variance))
    return total


def course(losses: Array, squared: Array, rate: float) -> Array:
    """[N, T] losses of N steps -> [N + 1, T]: s before each step and after the last.

    The slope of the objective is taken by central differences.
    """
    adam = Adam(np.zeros(losses.shape[1]), rate)
    found = [adam.values.copy()]
    for step in losses:
        slope = np.full(len(step), np.nan)
        for i in np.flatnonzero(~np.isnan(step)):
            nudge = np.zeros(len(step))
            nudge[i] = 1e-6
            above = objective(step, adam.values + nudge, squared)
            below = objective(step, adam.values - nudge, squared)
            slope[i] = (above - below) / 2e-6
        adam.move(slope)
        found.append(adam.values.copy())
    return np.array(found)
