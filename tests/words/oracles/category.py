"""A category: one row of a table for each value.

Row 0 is null, rows 1 to `oov` are for unknown values, then come the known ones in rising order
(strings by code points). Known is what the training rows hold at least `min_count` times; columns
that share a table count as one. A hashed category knows no value.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.words.oracles import Array, Weights

Value = str | int


@dataclass(frozen=True)
class Fitted:
    known: tuple[Value, ...]
    oov: int

    @property
    def rows(self) -> int:
        return 1 + self.oov + len(self.known)


def fit(train: Sequence[Value | None], *, oov: int = 1, min_count: int = 1) -> Fitted:
    counts = Counter(value for value in train if value is not None)
    known = sorted(value for value, count in counts.items() if count >= min_count)
    return Fitted(tuple(known), oov)


def hashed(size: int) -> Fitted:
    """Every value takes one of `size` rows."""
    return Fitted((), size)


def ids(
    fitted: Fitted, values: Sequence[Value | None], bucket: Callable[[Value], int] = lambda _: 0
) -> npt.NDArray[np.int64]:
    """The row of each value; `bucket` says which of the unknown rows (from 0) it falls in."""
    found: list[int] = []
    for value in values:
        if value is None:
            found.append(0)
        elif value in fitted.known:
            found.append(1 + fitted.oov + fitted.known.index(value))
        else:
            found.append(1 + bucket(value))
            assert found[-1] <= fitted.oov
    return np.array(found, dtype=np.int64)


def forward(weights: Weights, rows: npt.NDArray[np.int64]) -> Array:
    """[B] rows of the table `weight` [rows, dim] -> [B, dim]."""
    return np.stack([weights["weight"][row] for row in rows])
