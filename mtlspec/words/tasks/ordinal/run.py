"""Reads the labels of a grade."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.words.column import ColumnPlace
from mtlspec.words.tasks._labels.run import is_class, read_classes
from mtlspec.words.tasks.ordinal import OrdinalOptions
from mtlspec.words.word import Options

POSSIBLE = "one of the grades, or null"
"""What a label may be, in words."""

accepts = is_class


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N]: the place of the grade, from 0; NaN without a label (MTL0626)."""
    del fitted
    assert isinstance(options, OrdinalOptions)
    return read_classes(values, options.grades, place, "ordinal")
