"""Numbers: the mean, the fitted encodings, and the vector of each row."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationInfo, field_validator

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.features.numeric import NumericOptions
from mtlspec.words.registry import find
from mtlspec.words.serving import NULL_INTEGER
from mtlspec.words.word import Word

POSSIBLE = "integers, floats, decimals or bools"
"""What a column of numbers may hold, in words."""

_LARGEST = 1e38


class NumberTooLarge(ColumnError):
    """A number is infinite, or so large that float32 cannot subtract two of its like.

    What it means: numbers are encoded in float32, in training and in serving. Beyond ±1e38 the
    difference of two of them is no longer finite, and what the model reads would be infinite.

    Example: `speed : numeric(normalize)` where a row of `speed` holds `inf`, a division by 0

    Instead: write null for a number that is not known, or clip the column before.

    Why: one infinite number makes a mean infinite, and with it the whole column.
    """

    id = "MTL0613"
    title = "a number lies within ±1e38"
    value: float
    count: int

    def found(self) -> str:
        column = self.column
        others = "" if self.count == 1 else f", the first of {self.count:,} such values"
        return f"`{column.name}` of `{column.path}` holds {self.value!r}{others}"

    def help(self) -> str:
        return "write null where the number is not known"


class Step(BaseModel):
    """An encoding by its name, with what was fitted for it."""

    model_config = ConfigDict(frozen=True)
    word: str
    fitted: SerializeAsAny[BaseModel]

    @field_validator("fitted", mode="before")
    @classmethod
    def _as_its_word_has_it(cls, value: object, info: ValidationInfo) -> BaseModel:
        if isinstance(value, BaseModel):
            return value
        fitted: BaseModel = _encoding(info.data["word"]).part("run").Fitted.model_validate(value)
        return fitted

    def encode(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 [N] -> [N, width]."""
        encoded: NDArray[np.float32] = _encoding(self.word).part("run").encode(values, self.fitted)
        return encoded


class Fitted(BaseModel):
    """`mean` is what a null stands for, a float32; 0 where no training row has a value."""

    model_config = ConfigDict(frozen=True)
    mean: float
    steps: tuple[Step, ...]
    empty: bool = False
    """Whether no training row has a value."""


def input_kind(dtype: pa.DataType) -> Literal["float32"] | None:
    """What a served column of this type is, or None where it cannot be a number."""
    types = pa.types
    number = types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype)
    return "float32" if number or types.is_boolean(dtype) or types.is_null(dtype) else None


def entries(
    column: pa.ChunkedArray, options: NumericOptions, place: ColumnPlace
) -> pa.ChunkedArray:
    """The values that it is fitted on: all rows."""
    del options, place
    return column


def fit(given: Sequence[tuple[pa.ChunkedArray, ColumnPlace]], options: NumericOptions) -> Fitted:
    """The mean, then each encoding on what the ones before it left. Raises SpecError (MTL0613)."""
    ((column, place),) = given
    found = numbers(column, place)
    values = found[~np.isnan(found)]
    mean = float(np.float32(values.mean(dtype=np.float64))) if len(values) else 0.0
    empty = not len(values)
    steps: list[Step] = []
    for bound in options.encodings:
        step = Step(word=bound.word.name, fitted=bound.word.part("run").fit(values, bound.options))
        steps.append(step)
        values = step.encode(values)[:, 0]
    return Fitted(mean=mean, steps=tuple(steps), empty=empty)


def encode(
    column: pa.ChunkedArray, options: NumericOptions, fitted: Fitted, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N, width]: the encoded number, then 1 for null. Raises SpecError (MTL0613)."""
    del options
    found = numbers(column, place)
    null = np.isnan(found)
    values = np.where(null, np.float32(fitted.mean), found)[:, None]
    for step in fitted.steps:
        values = step.encode(values[:, 0])
    return np.concatenate([values, null[:, None].astype(np.float32)], axis=1)


def _encoding(name: str) -> Word:
    word = find("encodings", name)
    assert word is not None
    return word


def numbers(column: pa.ChunkedArray, place: ColumnPlace) -> NDArray[np.float32]:
    """The column as float32 [N]; null is NaN."""
    if column.type == pa.int64():
        stand_in = pc.equal(column, pa.scalar(NULL_INTEGER, column.type))
        column = pc.if_else(stand_in, pa.scalar(None, column.type), column)
    exact = column.cast(pa.float64(), safe=False).to_numpy()
    too_large = np.abs(exact) > _LARGEST
    if too_large.any():
        count = int(np.count_nonzero(too_large))
        raise SpecError([NumberTooLarge(place, value=float(exact[too_large][0]), count=count)])
    return exact.astype(np.float32)
