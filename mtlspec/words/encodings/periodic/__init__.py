"""`periodic(n)`: sines and cosines of a number at `n` learned frequencies, 2n numbers.

Of the z-score x by the training rows, [sin(v), cos(v)] with v_i = 2π c_i x, where the frequencies
c_i are learned (Gorishniy et al., "On Embeddings for Numerical Features in Tabular Deep Learning",
NeurIPS 2022, section 3.3, eq. 3). They are drawn from N(0, `sigma`²). How large `sigma` may be
depends on the data, and the paper tunes it; 0.01 is the default of the authors' package, which
besides draws anew what lies beyond 3 `sigma`. Their PLR embedding of a number is
`layer z = age -> dense(16)` of what this makes of it.

    features {
        age : numeric(periodic(48, sigma: 0.1))
    }
"""

from typing import ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.words import word
from mtlspec.words.encodings import Encoding
from mtlspec.words.initialisers import Parameter, normal


class PeriodicOptions(word.Options):
    """`n` is the number of frequencies, `sigma` the standard deviation that they begin with."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)
    n: int = Field(ge=1)
    sigma: float = Field(default=0.01, gt=0)


class Periodic(Encoding):
    """Sines and cosines at learned frequencies."""

    also = ("fourier", "plr", "sin", "cos", "sinusoidal")
    takes_options = PeriodicOptions
    classes = ("Periodic",)

    def width(self, options: word.Options) -> int:
        return 2 * cast("PeriodicOptions", options).n

    def given(self, options: word.Options) -> int:
        del options
        return 1

    def parameters(self, options: word.Options) -> tuple[Parameter, ...]:
        read = cast("PeriodicOptions", options)
        drawn = normal.WORD.bind(std=read.sigma)
        return (Parameter("weight", (read.n,), drawn, fan_in=1, matrix=False),)

    def make(self, options: word.Options, members: int | None) -> py.Call:
        read = cast("PeriodicOptions", options)
        sizes = (read.n,) if members is None else (members, read.n)
        return py.call("Periodic", *map(py.Constant, sizes), std=py.Constant(read.sigma))


WORD = Periodic()
