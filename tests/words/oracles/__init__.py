"""What each word computes, in NumPy and float64, written from the papers' equations.

An op's oracle is `forward(weights, *values, **options)`. `weights` holds what the op owns, under
the names that it has inside its statement: `0.weight` is the weight of the first op that owns one,
[out, in]. An op that owns nothing takes no weights. Nothing here imports mtlspec or torch.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Weights = Mapping[str, Array]


def part(weights: Weights, name: str) -> dict[str, Array]:
    """The weights below a logical name, without it: `part(w, "bottom")` has `0.weight`."""
    head = f"{name}."
    return {key.removeprefix(head): value for key, value in weights.items() if key.startswith(head)}
