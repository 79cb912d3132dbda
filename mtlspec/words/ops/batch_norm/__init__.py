"""`batch_norm`: each number by its mean and deviation over the rows of a batch."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter, ones, zeros
from mtlspec.words.norms import Norm
from mtlspec.words.word import Bound, Groups, GroupsOption, Options


class BatchNormOptions(Options):
    """`by`: a category; rows are normed apart by its value. `affine`: whether the result is scaled
    and shifted by what is learned. `eps`: what is added to the variance.
    """

    by: GroupsOption | None = None
    affine: bool = True
    eps: float = Field(default=1e-5, gt=0)


class BatchNorm(Norm):
    """(x - mean) / √(variance + eps) · γ + β with the mean and variance of each batch's rows.

    Ioffe and Szegedy, ICML 2015, algorithms 1 and 2. When the model serves, running ones stand in:
    they move a tenth of the way to those of each batch, and are a part of a checkpoint. A batch of
    one row uses the running ones in training too, and leaves them as they are.

    With `by:` each row is normed with the rows of its own value s, as if these were the batch; null
    and unknown with all rows. What is learned is γ · γₛ and β + βₛ, γ and β alone for null and
    unknown: Sheng et al., CIKM 2021 (STAR), §3.3, where a domain's scale multiplies the common one.

    Example:
        layer h = features -> linear(64) -> batch_norm -> relu
    """

    takes_options = BatchNormOptions
    signature = "f32[d] -> f32[d]"
    also = ("batch", "bn", "batchnorm1d")
    classes = ("BatchNorm", "BatchNormBy")
    begins: ClassVar[Mapping[str, Bound]] = {
        "weight": ones.WORD.bind(),
        "bias": zeros.WORD.bind(),
        "scale": ones.WORD.bind(),
        "shift": zeros.WORD.bind(),
    }
    remembers = True

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        read, width = cast("BatchNormOptions", options), types[0].width
        shapes = {"weight": (width,), "bias": (width,)}
        if read.by is not None:
            of_values = (len(read.by.values), width)
            shapes |= {"scale": of_values, "shift": of_values}
        return tuple(
            Parameter(name, shape, self.begins[name], width, matrix=False)
            for name, shape in (shapes if read.affine else {}).items()
        )

    def groups(self, options: Options) -> Groups | None:
        return cast("BatchNormOptions", options).by

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        read = cast("BatchNormOptions", options)
        given = {} if read.affine else {"affine": py.Constant(False)}
        if read.eps != BatchNormOptions().eps:
            given["eps"] = py.Constant(read.eps)
        sizes = (types[0].width,) if members is None else (members, types[0].width)
        if read.by is None:
            return py.call("BatchNorm", *map(py.Constant, sizes), **given)
        values = {"values": py.Constant(len(read.by.values))}
        return py.call("BatchNormBy", *map(py.Constant, sizes), **values, **given)


WORD = BatchNorm()
