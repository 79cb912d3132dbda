"""A sequence: the rows of a table for the last entries of a list, first to last, padded by -1.

A null at the end of a list is padding, one before a value has the row 0, as in a category.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from tests.words.oracles import category


def ids(
    fitted: category.Fitted,
    lists: Sequence[Sequence[category.Value | None] | None],
    longest: int,
    bucket: Callable[[category.Value], int] = lambda _: 0,
) -> npt.NDArray[np.int64]:
    """[N, longest] rows of the table."""
    result = np.full((len(lists), longest), -1, dtype=np.int64)
    for row, found in enumerate(lists):
        left = kept(found, longest)
        result[row, : len(left)] = category.ids(fitted, left, bucket)
    return result


def kept(
    found: Sequence[category.Value | None] | None, longest: int
) -> list[category.Value | None]:
    """The entries of one list that count."""
    left = list(found or ())
    while left and left[-1] is None:
        left.pop()
    return left[-longest:]
