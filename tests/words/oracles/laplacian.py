"""Σ aₛₜ‖W_s - W_t‖²_F over the edges of a graph of tasks = tr(W L Wᵀ), L = D - A.

Evgeniou, Micchelli and Pontil (JMLR 2005), section 3.1; edges (s, t, a) count from 1.
"""

from collections.abc import Sequence

import numpy as np

from tests.words.oracles import Array

Edge = tuple[int, int, float]


def value(*matrices: Array, edges: Sequence[Edge]) -> float:
    """By the graph's Laplacian, the matrices as columns."""
    count = len(matrices)
    graph = np.zeros((count, count))
    for s, t, weight in edges:
        graph[s - 1, t - 1] += weight
        graph[t - 1, s - 1] += weight
    columns = np.stack([matrix.ravel() for matrix in matrices], axis=1)
    return float(np.trace(columns @ (np.diag(graph.sum(axis=1)) - graph) @ columns.T))
