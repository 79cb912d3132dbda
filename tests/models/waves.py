"""Values for recorded anchors, which no generator of random numbers has a part in."""

from collections.abc import Mapping

import numpy as np

from tests.words.oracles import Array


def wave(shape: tuple[int, ...], phase: int) -> Array:
    """Numbers in -1..1 of that shape."""
    count = int(np.prod(shape))
    return np.sin(0.7 * np.arange(count) + 1.3 * phase).reshape(shape)


def waves(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """A wave for each name, its phase the name's place among all in order of the alphabet."""
    return {name: wave(shapes[name], place) for place, name in enumerate(sorted(shapes))}
