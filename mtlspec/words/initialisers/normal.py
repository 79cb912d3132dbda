"""`normal`: N(0, s²)."""

from collections.abc import Mapping
from typing import ClassVar, cast

from pydantic import Field

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class NormalOptions(Options):
    """`std`: the standard deviation."""

    by_place: ClassVar[tuple[str, ...]] = ("std",)

    std: float = Field(gt=0)


class Normal(Initialiser):
    """Each number is drawn from a normal distribution of mean 0."""

    also = ("gaussian", "randn")
    takes_options = NormalOptions
    function = "normal_"

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del fan_in
        return {"std": cast("NormalOptions", options).std}


WORD = Normal()
