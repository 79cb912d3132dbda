"""GradNorm (Chen, Badrinarayanan, Lee and Rabinovich, ICML 2018), algorithm 1."""

import numpy as np

from tests.words.oracles import Array
from tests.words.oracles.adam import Adam


def target(w: Array, norms: Array, losses: Array, first: Array, alpha: float) -> Array:
    """Eq. 1: mean(G) r^alpha, with r = L~ / mean(L~) and L~ = L / L(0); all [T]."""
    ratios = losses / first
    return np.mean(w * norms) * (ratios / ratios.mean()) ** alpha


def distance(w: Array, norms: Array, aims: Array) -> float:
    """Eq. 2: Σ |G - aim|, where G = w ‖∇_W L‖ and the aims are constants."""
    return float(np.abs(w * norms - aims).sum())


def course(losses: Array, norms: Array, alpha: float, rate: float) -> Array:
    """[N, T], [N, T] -> [N + 1, T]: the weights before each step and after the last.

    `norms` are ‖∇_W L‖ of the losses without weights. A loss that is NaN is one without labels:
    the others are then balanced among themselves, and L(0) is the first that is a number.
    """
    count = losses.shape[1]
    adam, first = Adam(np.ones(count), rate), np.full(count, np.nan)
    found = [adam.values.copy()]
    for loss, norm in zip(losses, norms, strict=True):
        here = ~np.isnan(loss)
        if here.sum() > 1:
            first = np.where(np.isnan(first), loss, first)
            w = adam.values[here].copy()
            aims = target(w, norm[here], loss[here], first[here], alpha)
            slope = np.full(count, np.nan)
            for place, i in enumerate(np.flatnonzero(here)):
                nudge = np.zeros(len(w))
                nudge[place] = 1e-7
                above = distance(w + nudge, norm[here], aims)
                below = distance(w - nudge, norm[here], aims)
                slope[i] = (above - below) / 2e-7
            adam.move(slope)
            adam.values[here] *= w.sum() / adam.values[here].sum()
        found.append(adam.values.copy())
    return np.array(found)
