"""The course of the learning rate: a linear warm-up, then constant, linear or cosine to 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from mtlspec.words.optimisers import OptimiserOptions, Schedule

_SHAPES: Mapping[Schedule, Callable[[float], float]] = {
    "constant": lambda done: 1.0,
    "linear": lambda done: 1.0 - done,
    "cosine": lambda done: 0.5 * (1.0 + math.cos(math.pi * done)),
}
"""The factor after a share `done` (0 to 1) of the steps that follow the warm-up."""


def warmup_steps(options: OptimiserOptions, steps: int) -> int:
    """How many of `steps` are warm-up: `warmup` is a share of them or their number."""
    share = options.warmup
    return min(steps, round(share * steps) if share < 1 else int(share))


def rate_factor(options: OptimiserOptions, steps: int) -> Callable[[int], float]:
    """A function from the steps already taken to the factor of the learning rate."""
    warm = warmup_steps(options, steps)
    shape = _SHAPES[options.schedule]

    def factor(taken: int) -> float:
        if taken < warm:
            return (taken + 1) / warm
        return shape(min(1.0, (taken - warm) / max(1, steps - warm)))

    return factor
