"""Reads the labels of a count."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.words.column import ColumnPlace
from mtlspec.words.tasks._labels.run import is_number, read_numbers
from mtlspec.words.word import Options

POSSIBLE = "a whole number from 0 on, or null"
"""What a label may be, in words."""

accepts = is_number


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N]: the number, or NaN where there is no label. Raises `SpecError` (MTL0626)."""
    del options, fitted
    return read_numbers(values, place, "count", lambda x: (x >= 0) & (x == np.round(x)), POSSIBLE)
