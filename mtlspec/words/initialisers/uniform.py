"""`uniform`: U(-b, b)."""

from collections.abc import Mapping
from typing import ClassVar, cast

from pydantic import Field

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class UniformOptions(Options):
    """`bound`: the largest absolute value."""

    by_place: ClassVar[tuple[str, ...]] = ("bound",)

    bound: float = Field(gt=0)


class Uniform(Initialiser):
    """Each number is drawn from U(-bound, bound)."""

    takes_options = UniformOptions
    function = "uniform_"

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del fan_in
        bound = cast("UniformOptions", options).bound
        return {"a": -bound, "b": bound}


WORD = Uniform()
