"""‖AᵀB‖²_F = Σᵢⱼ (aᵢ · bⱼ)²: how far two sets of columns are from being orthogonal.

Ruder et al. (AAAI 2019), section 2, after Bousmalis et al. (NeurIPS 2016), eq. 5.
"""

from tests.words.oracles import Array


def value(a: Array, b: Array) -> float:
    """Matrices [n, p] and [n, q] -> a number that is 0 where every aᵢ is orthogonal to every bⱼ."""
    total = 0.0
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            inner = 0.0
            for row in range(a.shape[0]):
                inner += a[row, i] * b[row, j]
            total += inner**2
    return total
