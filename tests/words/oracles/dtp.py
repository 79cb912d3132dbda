"""Dynamic task prioritisation (Guo, Haque, Huang, Yeung and Li, ECCV 2018)."""

import numpy as np

from tests.words.oracles import Array


def focal(p: Array, gamma: float) -> Array:
    """FL(p; γ) = -(1 - p)^γ log p."""
    return -((1 - p) ** gamma) * np.log(p)


def weights(measured: Array, gamma: float, momentum: float) -> Array:
    """[N, T] measures in (0, 1] -> [T]: the focal weight of their running mean.

    The mean begins at the first value; NaN is no value, and without any the weight is 1.
    """
    found = np.ones(measured.shape[1])
    for task in range(measured.shape[1]):
        known = measured[~np.isnan(measured[:, task]), task]
        if not len(known):
            continue
        mean = known[0]
        for value in known[1:]:
            mean = momentum * value + (1 - momentum) * mean
        found[task] = focal(mean, gamma)
    return found


def normalized(measured: Array, gamma: float, momentum: float) -> Array:
    """As `weights`, but those of the tasks that have a measure sum to their number."""
    found = weights(measured, gamma, momentum)
    known = ~np.isnan(measured).all(axis=0)
    total = found[known].sum()
    found[known] *= known.sum() / total if total else np.nan
    return found
