"""Reads the labels of a yes-or-no task."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.word import Options

POSSIBLE = "0 or 1, a bool, or null"
"""What a label may be, in words."""


class LabelIsNeither(ColumnError):
    """The label of a yes-or-no task is neither 0 nor 1.

    What it means: `binary` reads a number 0 or 1, a bool, or null for a row whose answer is not
    known. A row holds another number.

    Example: `liked : binary` where `liked` holds 1 to 5

    Instead: say which values are a yes: `liked : binary(label: stars >= 4)`

    Why: to take any other number for a yes would be a guess, and the cross entropy of a label
    outside 0 and 1 has no meaning.
    """

    id = "MTL0614"
    title = "a label of `binary` is 0, 1 or null"
    row: int
    value: float
    count: int

    def found(self) -> str:
        others = "" if self.count == 1 else f", the first of {self.count:,} such rows"
        return f"{self.value:.15g} in {self.column.row(self.row)}{others}"

    def expected(self) -> str:
        return POSSIBLE

    def help(self) -> str:
        return f"say which values are a yes, for example `label: {self.column.name} > 0`"


def accepts(dtype: pa.DataType, options: Options) -> bool:
    """Whether a column of this type can be a label."""
    del options
    types = pa.types
    number = types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype)
    return number or types.is_boolean(dtype) or types.is_null(dtype)


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N]: 0, 1, or NaN where there is no label. Raises `SpecError` (MTL0614)."""
    del options, fitted
    labels = values.cast(pa.float64(), safe=False).to_numpy()
    wrong = np.flatnonzero(~((labels == 0) | (labels == 1) | np.isnan(labels)))
    if len(wrong):
        row, value = int(wrong[0]), float(labels[wrong[0]])
        raise SpecError([LabelIsNeither(place, row=row, value=value, count=len(wrong))])
    return labels.astype(np.float32)
