"""`l0`: how many coefficients of a mix are expected not to be 0."""

from collections.abc import Sequence
from math import log

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader, ReadOptions
from mtlspec.words.word import Options


class L0Options(ReadOptions):
    """`beta`, `zeta`, `gamma`: those of the router."""

    beta: float
    zeta: float
    gamma: float


class L0(Reader):
    """Σ σ(log α - β log(-γ / ζ)), of a mix by `hard_concrete`; in a gate for each row.

    Louizos et al., ICLR 2018, eq. 12; Ma et al., AAAI 2019 (SNR), eq. 8.

    Example:
        loss sparse = 1e-4 * l0(v)
    """

    also = ("l0_penalty", "l0_norm")
    quantities = ("log_alpha",)
    knows = L0Options
    per_channel = True
    functions = ("l0",)

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor((), rows=types[0].rows)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        assert isinstance(options, L0Options)
        (found,) = values
        shift = options.beta * log(-options.gamma / options.zeta)
        axes = len(found.type.shape)
        return py.call("l0", found.expr, py.Constant(shift), py.Constant(axes))


WORD = L0()
