"""k selectors of m = ⌈log₂ n⌉ bits each, mixed by a softmax.

Hazimeh et al. (NeurIPS 2021, DSelect-k), eq. 2-6; what is added where n is no power of two is in
the authors' code (google-research/dselect_k_moe).
"""

import numpy as np

from tests.words.oracles import Array, softmax


def smooth_step(t: float, gamma: float) -> float:
    """0 up to -γ/2, 1 from γ/2, a cubic between."""
    if t <= -gamma / 2:
        return 0.0
    if t >= gamma / 2:
        return 1.0
    return -2 * t**3 / gamma**3 + 3 * t / (2 * gamma) + 0.5


def selections(bits: Array, *, n: int, gamma: float) -> Array:
    """[k, m] -> [k, n]: ∏ S(tⱼ) over the bits of i that are 1, 1 - S(tⱼ) over those that are 0."""
    k, m = bits.shape
    found = np.ones((k, n))
    for selector in range(k):
        for candidate in range(n):
            code = format(candidate, f"0{m}b") if m else ""
            for place, bit in enumerate(code):
                s = smooth_step(float(bits[selector, place]), gamma)
                found[selector, candidate] *= s if bit == "1" else 1 - s
    return found


def coefficients(selectors: Array, bits: Array, *, n: int, gamma: float) -> Array:
    """[…, k] and […, k·m] -> […, n]."""
    found = np.empty((*selectors.shape[:-1], n))
    k = selectors.shape[-1]
    for place in np.ndindex(selectors.shape[:-1]):
        chosen = selections(bits[place].reshape(k, -1), n=n, gamma=gamma)
        found[place] = softmax.coefficients(selectors[place]) @ chosen
    return found


def entropy(bits: Array, *, k: int, n: int, gamma: float) -> float:
    """[k·m] -> Σ over selectors of -Σ p log(p + 1e-6)."""
    chosen = selections(bits.reshape(k, -1), n=n, gamma=gamma)
    return float(-(chosen * np.log(chosen + 1e-6)).sum())


def unreachable(bits: Array, *, k: int, n: int, gamma: float) -> float:
    """[k·m] -> Σ over selectors of 1 / Σ p, which is k where n is a power of two."""
    chosen = selections(bits.reshape(k, -1), n=n, gamma=gamma)
    return float((1 / chosen.sum(axis=1)).sum())
