"""a = ℓ: the router of a stitch whose coefficients are learned as they are.

Misra et al. (CVPR 2016), eq. 1: nothing holds them in 0..1 or to a sum of one.
"""

from tests.words.oracles import Array


def coefficients(scores: Array) -> Array:
    """[…, n] -> […, n]."""
    return scores.copy()
