"""Reading labels of several kinds of tasks: numbers, and the places of classes."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.word import Options

Classes = tuple[str, ...] | tuple[int, ...]
Numbers = NDArray[np.float64]
LARGEST = 1e38
"""What float32 can hold, less some."""


class LabelOutside(ColumnError):
    """A label is one of the values that its task takes.

    What it means: a row holds a label that the task cannot learn: a class that is not among its
    classes, a count below 0, a number that is infinite.

    Example: `visits : count` where `visits` holds -1

    Instead: leave such rows out, `visits : count(where: visits >= 0)`, or mend the column

    Why: the loss of such a label has no meaning, and to skip the row would hide the mistake.
    """

    id = "MTL0626"
    title = "a label is one of the values that its task takes"
    kind: str
    row: int
    value: str
    count: int
    possible: str

    def headline(self) -> str:
        return f"a label of `{self.kind}` is {self.value}"

    def found(self) -> str:
        others = "" if self.count == 1 else f", the first of {self.count:,} such rows"
        return f"{self.value} in {self.column.row(self.row)}{others}"

    def expected(self) -> str:
        return self.possible


def is_number(dtype: pa.DataType, options: Options) -> bool:
    """Whether values of this type are numbers; a column of nulls may be anything."""
    del options
    types = pa.types
    number = types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype)
    return number or types.is_null(dtype)


def is_class(dtype: pa.DataType, options: Options) -> bool:
    """Whether values of this type can be classes."""
    return is_number(dtype, options) or pa.types.is_boolean(dtype) or pa.types.is_string(dtype)


def read_numbers(
    values: pa.ChunkedArray,
    place: ColumnPlace,
    kind: str,
    fits: Callable[[Numbers], NDArray[np.bool_]],
    possible: str,
) -> NDArray[np.float32]:
    """float32 [N], NaN where there is none; one that `fits` not is an error (MTL0626)."""
    numbers = values.cast(pa.float64(), safe=False).to_numpy()
    wrong = np.flatnonzero(~(np.isnan(numbers) | (fits(numbers) & (np.abs(numbers) < LARGEST))))
    if len(wrong):
        row = int(wrong[0])
        raise SpecError(
            [LabelOutside(place, kind, row, f"{numbers[row]:.15g}", len(wrong), possible)]
        )
    return numbers.astype(np.float32)


def as_classes(values: pa.ChunkedArray, place: ColumnPlace, kind: str) -> pa.ChunkedArray:
    """Strings or int64; a bool is 0 or 1, a float must be whole (MTL0626)."""
    if pa.types.is_string(values.type):
        return values
    if pa.types.is_floating(values.type):
        read_numbers(values, place, kind, lambda x: x == np.round(x), "a text or a whole number")
    return values.cast(pa.int64())


def read_classes(
    values: pa.ChunkedArray, classes: Classes, place: ColumnPlace, kind: str
) -> NDArray[np.float32]:
    """float32 [N]: the place of each row's class, from 0; NaN where there is none (MTL0626)."""
    found = as_classes(values, place, kind)
    asked = pa.array(classes)
    index = np.full(len(found), np.nan)
    if asked.type == found.type:
        index = pc.index_in(found, value_set=asked).cast(pa.float64()).to_numpy()
    wrong = np.flatnonzero(np.isnan(index) & ~found.is_null().to_numpy())
    if len(wrong):
        row = int(wrong[0])
        shown = ", ".join(map(show_class, classes[:12])) + (", …" if len(classes) > 12 else "")
        value, possible = show_class(found[row].as_py()), f"one of {shown}, or null"
        raise SpecError([LabelOutside(place, kind, row, value, len(wrong), possible)])
    return index.astype(np.float32)


def show_class(value: str | int) -> str:
    """A class as a message says it."""
    return f'"{value}"' if isinstance(value, str) else f"{value}"
