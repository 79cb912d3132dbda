"""(x - mean) / √(variance + 1e-5), number by number over the rows of a batch.

Ioffe and Szegedy (ICML 2015), algorithms 1 and 2. Running statistics move a tenth of the way to
those of each batch, the variance to the unbiased one; a batch of one row uses them and leaves them.
"""

from dataclasses import dataclass

import numpy as np

from tests.words.oracles import Array, Weights


@dataclass
class Running:
    mean: Array
    var: Array


def begin(width: int) -> Running:
    return Running(np.zeros(width), np.ones(width))


def forward(
    weights: Weights, x: Array, running: Running, *, training: bool, eps: float = 1e-5
) -> Array:
    """[B, d] -> [B, d]; `running` changes in training. Without weights it is not scaled."""
    mean, var = running.mean, running.var
    if training and len(x) > 1:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running.mean = running.mean + 0.1 * (mean - running.mean)
        running.var = running.var + 0.1 * (x.var(axis=0, ddof=1) - running.var)
    y = (x - mean) / np.sqrt(var + eps)
    return y * weights["0.weight"] + weights["0.bias"] if weights else y


def begin_by(width: int, values: int) -> Running:
    """Statistics of each value of a category, and behind them those of all rows."""
    return Running(np.zeros((values + 1, width)), np.ones((values + 1, width)))


def forward_by(
    weights: Weights,
    x: Array,
    place: Array,
    running: Running,
    *,
    training: bool,
    eps: float = 1e-5,
) -> Array:
    """Partitioned normalisation, [B, d] -> [B, d]: each row with the rows of its own value.

    Sheng et al. (CIKM 2021, STAR), §3.3: (γ · γₛ) (x - meanₛ) / √(varianceₛ + ε) + (β + βₛ).
    `place` is the number of a row's value, -1 where it has none: then it is γ, β and all rows.
    """
    values = len(running.mean) - 1
    y = np.empty_like(x)
    for s in range(-1, values):
        rows = np.ones(len(x), bool) if s == -1 else place == s
        mean, var = running.mean[s].copy(), running.var[s].copy()
        if training and rows.sum() > 1:
            mean, var = x[rows].mean(axis=0), x[rows].var(axis=0)
            running.mean[s] += 0.1 * (mean - running.mean[s])
            running.var[s] += 0.1 * (x[rows].var(axis=0, ddof=1) - running.var[s])
        own = place == s
        y[own] = (x[own] - mean) / np.sqrt(var + eps)
        if weights:
            scale, shift = weights["0.weight"], weights["0.bias"]
            if s >= 0:
                scale, shift = scale * weights["0.scale"][s], shift + weights["0.shift"][s]
            y[own] = y[own] * scale + shift
    return y
