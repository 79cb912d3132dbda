"""Adam on a vector (Kingma and Ba, ICLR 2015, algorithm 1)."""

import numpy as np

from tests.words.oracles import Array


class Adam:
    """Numbers [T]; `move` takes NaN as the gradient of a number that has no part in the step."""

    def __init__(self, values: Array, rate: float) -> None:
        self.values, self.rate = values.astype(np.float64), rate
        self.m, self.v = np.zeros_like(self.values), np.zeros_like(self.values)
        self.steps = np.zeros_like(self.values)

    def move(self, gradient: Array) -> None:
        for i, g in enumerate(gradient):
            if np.isnan(g):
                continue
            self.steps[i] += 1
            self.m[i] = 0.9 * self.m[i] + 0.1 * g
            self.v[i] = 0.999 * self.v[i] + 0.001 * g**2
            mean = self.m[i] / (1 - 0.9 ** self.steps[i])
            square = self.v[i] / (1 - 0.999 ** self.steps[i])
            self.values[i] -= self.rate * mean / (np.sqrt(square) + 1e-8)
