"""`rms_norm`: each row by the root of its mean square."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import ones
from mtlspec.words.norms import Norm, norm_of_rows
from mtlspec.words.word import Bound, Options


class RMSNorm(Norm):
    """x / √(mean of x² + ε) · γ along the last axis, as `torch.nn.RMSNorm`.

    Zhang and Sennrich, NeurIPS 2019, eq. 4. ε is the precision of the numbers; γ begins as 1.

    Example:
        layer h = features -> linear(64) -> rms_norm -> relu
    """

    classes = ("RMSNorms",)
    begins: ClassVar[Mapping[str, Bound]] = {"weight": ones.WORD.bind()}

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        del options
        return norm_of_rows("RMSNorm", types[0], members)


WORD = RMSNorm()
