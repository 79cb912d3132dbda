"""Reads the labels of a number."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.words.column import ColumnPlace
from mtlspec.words.tasks._labels.run import is_number, read_numbers
from mtlspec.words.tasks.regression import RegressionOptions
from mtlspec.words.word import Options

POSSIBLE = "a number, or null"
"""What a label may be, in words."""

accepts = is_number


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N]: the number, or NaN where there is no label. Raises `SpecError` (MTL0626)."""
    del fitted
    assert isinstance(options, RegressionOptions)
    if options.transform == "log1p":
        possible = "a number above -1, whose `log1p` there is, or null"
        return read_numbers(values, place, "regression", lambda x: x > -1, possible)
    return read_numbers(values, place, "regression", lambda x: ~np.isnan(x), POSSIBLE)
