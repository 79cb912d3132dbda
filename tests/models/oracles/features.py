"""The features of a row: each category's row of its table, each number as encoded, in order."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from tests.words.oracles import Array, Weights, category, concat, part

Field = tuple[str, Literal["category", "numeric"]]
Columns = Mapping[str, Array | npt.NDArray[np.int64]]


def features(
    weights: Weights,
    batch: Columns,
    fields: Sequence[Field],
) -> Array:
    """Columns [B, d₁], [B, d₂], … side by side, as declared: [B, d].

    A category's column of the batch holds the rows [B] of its table `<field>.weight`; a number's
    holds its encodings [B, k].
    """
    columns: list[Array] = []
    for name, kind in fields:
        column = batch[name]
        if kind == "category":
            columns.append(category.forward(part(weights, name), column.astype(np.int64)))
        else:
            columns.append(column.astype(np.float64))
    return concat.forward(*columns)
