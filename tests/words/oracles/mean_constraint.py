"""Σ‖W_t - W̄‖²_F, or Σ‖W_t - W̄‖_F: how far the tasks' matrices are from their mean.

Evgeniou and Pontil (KDD 2004), squared; Zhang and Yang (TKDE 2021) print it without the square.
"""

import numpy as np

from tests.words.oracles import Array


def value(*matrices: Array, squared: bool = True) -> float:
    mean = matrices[0].copy()
    for matrix in matrices[1:]:
        mean += matrix
    mean /= len(matrices)
    total = 0.0
    for matrix in matrices:
        away = ((matrix - mean) ** 2).sum()
        total += away if squared else np.sqrt(away)
    return float(total)
