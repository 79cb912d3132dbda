"""Σ over rows of the coefficients. Shazeer et al. (ICLR 2017), eq. 6."""

from tests.words.oracles import Array


def value(coefficients: Array) -> Array:
    """[B, n] -> [n]."""
    return coefficients.sum(axis=0)
