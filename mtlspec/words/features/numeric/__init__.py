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

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words import word
from mtlspec.words.encodings import Encoding
from mtlspec.words.features import Feature, FeatureOptions
from mtlspec.words.initialisers import Parameter
from mtlspec.words.word import Bound, OfKind


class NumericOptions(FeatureOptions):
    """`encodings` are applied from left to right; only the last may make several numbers of one."""

    variadic: ClassVar[str | None] = "encodings"
    encodings: Annotated[tuple[Bound, ...], OfKind("encodings")] = ()

    @field_validator("encodings")
    @classmethod
    def _only_the_last_widens(cls, encodings: tuple[Bound, ...]) -> tuple[Bound, ...]:
        for place, encoding in enumerate(encodings[:-1]):
            if _width(encoding) != 1 or _learns(encoding):
                given = f"`{encoding.word.name}`, and another follows"
                raise PydanticCustomError(
                    "only_the_last_widens",
                    "encodings of which only the last makes several numbers of one",
                    {"place": place, "given": given},
                )
        return encodings


class Numeric(Feature):
    """A number, encoded, and whether it was there."""

    also = ("float", "int", "number", "continuous", "dense", "real", "double")
    takes_options = NumericOptions
    reads = "values"

    def type(self, options: word.Options, name: str, dim: int | None) -> Tensor:
        del name, dim
        last = _last(options)
        return Tensor(((1 if last is None else _width(last)) + 1,))

    def given(self, options: word.Options) -> int:
        last = _last(options)
        return (1 if last is None else _encoding(last).given(last.options)) + 1

    def parameters(self, options: word.Options) -> tuple[Parameter, ...]:
        last = _last(options)
        return () if last is None else _encoding(last).parameters(last.options)

    def make(self, options: word.Options, members: int | None) -> py.Call:
        last = _last(options)
        assert last is not None
        return _encoding(last).make(last.options, members)

    def classes(self, options: word.Options) -> tuple[tuple[str, str], ...]:
        last = _last(options)
        word = None if last is None else _encoding(last)
        return tuple((word.module, name) for name in word.classes) if word else ()

    def needs(self, options: word.Options) -> tuple[tuple[str, str], ...]:
        return ((self.module, "encoded"),) if self.parameters(options) else ()

    def write(self, options: word.Options, read: py.Expr, layer: py.Expr | None) -> py.Expr:
        del options
        return read if layer is None else py.call("encoded", read, layer)


def _last(options: word.Options) -> Bound | None:
    """The encoding that a chain ends with, which alone may widen or learn."""
    assert isinstance(options, NumericOptions)
    return options.encodings[-1] if options.encodings else None


def _encoding(encoding: Bound) -> Encoding:
    assert isinstance(encoding.word, Encoding)
    return encoding.word


def _width(encoding: Bound) -> int:
    return _encoding(encoding).width(encoding.options)


def _learns(encoding: Bound) -> bool:
    return bool(_encoding(encoding).parameters(encoding.options))


WORD = Numeric()
