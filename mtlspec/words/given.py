"""`given`: numbers that are known beforehand."""

from collections.abc import Mapping
from typing import ClassVar, cast

from mtlspec.words.initialisers import Initialiser, Numbers
from mtlspec.words.word import Options


class GivenOptions(Options):
    """`numbers`: what the array begins with; an array with more columns repeats them."""

    by_place: ClassVar[tuple[str, ...]] = ("numbers",)

    numbers: Numbers


class Given(Initialiser):
    """The array begins with these numbers."""

    takes_options = GivenOptions
    function = ""

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}

    def values(self, options: Options) -> Numbers:
        return cast("GivenOptions", options).numbers


WORD = Given()
