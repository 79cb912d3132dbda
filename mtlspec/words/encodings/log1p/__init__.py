"""`log1p`: sign(x) · log(1 + |x|), the logarithm of what may be 0 or negative.

It keeps the order, and 0 as it is; numbers far from 0 come close together.

    features {
        gains : numeric(log1p, normalize)
    }
"""

from mtlspec.words.encodings import Encoding
from mtlspec.words.word import Options


class Log1p(Encoding):
    """The signed logarithm."""

    also = ("log",)

    def width(self, options: Options) -> int:
        del options
        return 1


WORD = Log1p()
