"""`vector`: a list of `n` numbers in each row.

Such as an embedding that another model made. A number that is null is the mean of its place in the
training rows; of a row that is null all are.

    features {
        picture : vector(128)
    }
"""

from typing import ClassVar, cast

from pydantic import Field

from mtlspec.types import Tensor
from mtlspec.words import word
from mtlspec.words.features import Feature, FeatureOptions


class VectorOptions(FeatureOptions):
    """`n` is how many numbers the list of each row has."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)
    n: int = Field(ge=1)


class Vector(Feature):
    """A vector of numbers, as it is."""

    takes_options = VectorOptions
    reads = "values"

    def type(self, options: word.Options, name: str, dim: int | None) -> Tensor:
        del name, dim
        return Tensor((cast("VectorOptions", options).n,))

    def raw_width(self, options: word.Options) -> int | None:
        return cast("VectorOptions", options).n


WORD = Vector()
