"""`normalize`: the z-score, (x - mean) / std, by the training rows.

The standard deviation is that of the population (divided by N). A column that is constant in
training becomes 0 everywhere.

    features {
        height : numeric(normalize)
    }
"""

from mtlspec.words.encodings import Encoding
from mtlspec.words.word import Options


class Normalize(Encoding):
    """The z-score."""

    also = ("standardize", "standard", "zscore", "scale", "normalise")

    def width(self, options: Options) -> int:
        del options
        return 1


WORD = Normalize()
