"""`layer_norm`: each row by its own mean and deviation."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import ones, zeros
from mtlspec.words.norms import Norm, norm_of_rows
from mtlspec.words.word import Bound, Options


class LayerNorm(Norm):
    """(x - mean) / √(variance + 1e-5) · γ + β along the last axis, as `torch.nn.LayerNorm`.

    Ba, Kiros and Hinton, 2016, eq. 4. γ begins as 1, β as 0.

    Example:
        layer h = features -> linear(64) -> layer_norm -> relu
    """

    also = ("ln",)
    classes = ("LayerNorms",)
    begins: ClassVar[Mapping[str, Bound]] = {"weight": ones.WORD.bind(), "bias": zeros.WORD.bind()}

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        del options
        return norm_of_rows("LayerNorm", types[0], members)


WORD = LayerNorm()
