"""Columns side by side, categories through tables of the statement's own, numbers as they are."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tests.words.oracles import Array, Weights, category, concat, part


def forward(weights: Weights, columns: Mapping[str, Array | npt.NDArray[np.int64]]) -> Array:
    """Categories [B] and numbers [B, width], in order -> [B, sum of widths].

    The table of a category is `0.<category>.weight`, [rows, width].
    """
    vectors: list[Array] = []
    for name, column in columns.items():
        if np.issubdtype(column.dtype, np.integer):
            vectors.append(category.forward(part(weights, f"0.{name}"), column.astype(np.int64)))
        else:
            vectors.append(column.astype(np.float64))
    return concat.forward(*vectors)
