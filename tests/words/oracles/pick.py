"""Of members, row by row the one that the row names; their mean where it names none."""

from collections.abc import Sequence

import numpy as np

from tests.words.oracles import Array


def forward(members: Sequence[Array], place: Sequence[int | None]) -> Array:
    """Members [B, ...], and each row's member from 0 or none -> [B, ...]."""
    whole = np.mean(members, axis=0)
    return np.stack(
        [whole[row] if named is None else members[named][row] for row, named in enumerate(place)]
    )
