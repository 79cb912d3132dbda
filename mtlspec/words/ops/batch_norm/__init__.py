"""`batch_norm`: each number by its mean and deviation over the rows of a batch."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, ones, zeros
from mtlspec.words.norms import Norm
from mtlspec.words.word import Bound, Options


class BatchNormOptions(Options):
    """`affine`: whether the result is scaled and shifted by what is learned. `eps`: what is added
    to the variance.
    """

    affine: bool = True
    eps: float = Field(default=1e-5, gt=0)


class BatchNorm(Norm):
    """(x - mean) / √(variance + eps) · γ + β with the mean and variance of each batch's rows.

    Ioffe and Szegedy, ICML 2015, algorithms 1 and 2. When the model serves, running ones stand in:
    they move a tenth of the way to those of each batch, and are a part of a checkpoint. A batch of
    one row uses the running ones in training too, and leaves them as they are.

    Example:
        layer h = features -> linear(64) -> batch_norm -> relu
    """

    takes_options = BatchNormOptions
    signature = "f32[d] -> f32[d]"
    also = ("batch", "bn", "batchnorm1d")
    classes = ("BatchNorm",)
    begins: ClassVar[Mapping[str, Bound]] = {"weight": ones.WORD.bind(), "bias": zeros.WORD.bind()}
    remembers = True

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        affine = cast("BatchNormOptions", options).affine
        return super().parameters(options, types) if affine else ()

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        read = cast("BatchNormOptions", options)
        given = {} if read.affine else {"affine": py.Constant(False)}
        if read.eps != BatchNormOptions().eps:
            given["eps"] = py.Constant(read.eps)
        sizes = (types[0].width,) if members is None else (members, types[0].width)
        return py.call("BatchNorm", *map(py.Constant, sizes), **given)


WORD = BatchNorm()
