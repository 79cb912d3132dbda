"""`piecewise(n)`: how far a number has come through each of `n` bins.

With edges e_0 < e_1 < …, fitted on the training rows, column j is clip((x - e_j) / (e_{j+1} - e_j),
0, 1): the bins below x are 1, those above it 0, and its own tells where in it x lies (Gorishniy et
al., "On Embeddings for Numerical Features in Tabular Deep Learning", NeurIPS 2022, section 3.2.1,
quantile bins; there the outermost bins are not clipped). The edges are

- the distinct values, if these are at most n + 1; columns past the last pair of edges are 0;
- else n + 1 evenly spaced quantiles of the values, duplicates dropped. Where one value takes many
  rows these are fewer than n + 1: then evenly spaced quantiles of the *distinct* values are added,
  from the lowest, until there are n + 1.

    features {
        age : numeric(piecewise(16))
    }
"""

from typing import ClassVar

from pydantic import Field

from mtlspec.words import word
from mtlspec.words.encodings import Encoding


class PiecewiseOptions(word.Options):
    """`n` is the number of bins."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)
    n: int = Field(ge=1)


class Piecewise(Encoding):
    """A piecewise linear encoding by quantile bins."""

    takes_options = PiecewiseOptions

    def width(self, options: word.Options) -> int:
        assert isinstance(options, PiecewiseOptions)
        return options.n


WORD = Piecewise()
