"""`numeric`: a number, encoded, and whether it was there.

A null becomes the mean of the training rows that are not null; then the encodings are applied from
left to right; last comes a column that is 1 where the value was null and 0 elsewhere. So
`numeric(normalize)` is f32[2] and `numeric(piecewise(16))` f32[17]. Each encoding is fitted on the
training rows that are not null, as the encodings before it left them.

    features {
        age    : numeric(piecewise(16))
        gains  : numeric(log1p, normalize, column: capital_gains)
        height : numeric
    }
"""

from typing import Annotated, ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from mtlspec.types import Tensor
from mtlspec.words import word
from mtlspec.words.encodings import Encoding
from mtlspec.words.features import Feature, FeatureOptions
from mtlspec.words.word import Bound, OfKind


class NumericOptions(FeatureOptions):
    """`encodings` are applied from left to right; only the last may make several numbers of one."""

    variadic: ClassVar[str | None] = "encodings"
    encodings: Annotated[tuple[Bound, ...], OfKind("encodings")] = ()

    @field_validator("encodings")
    @classmethod
    def _only_the_last_widens(cls, encodings: tuple[Bound, ...]) -> tuple[Bound, ...]:
        for encoding in encodings[:-1]:
            if _width(encoding) != 1:
                raise PydanticCustomError(
                    "only_the_last_widens",
                    "encodings of which only the last makes several numbers of one",
                )
        return encodings


class Numeric(Feature):
    """A number, encoded, and whether it was there."""

    also = ("float", "int", "number", "continuous", "dense", "real", "double")
    takes_options = NumericOptions
    reads = "values"

    def type(self, options: word.Options, name: str, dim: int | None) -> Tensor:
        del name, dim
        assert isinstance(options, NumericOptions)
        last = options.encodings[-1:]
        return Tensor((sum(_width(encoding) for encoding in last) + (0 if last else 1) + 1,))


def _width(encoding: Bound) -> int:
    assert isinstance(encoding.word, Encoding)
    return encoding.word.width(encoding.options)


WORD = Numeric()
