"""Encodings of a number: each turns float32 [N, k] into float32 [N, width]."""

from abc import abstractmethod

from mtlspec.words.word import Options, Word


class Encoding(Word):
    """A step between the raw number and the vector that the model reads.

    Its folder's `run.py` has `fit(values, options) -> Fitted` (float32 [N] without nulls) and
    `encode(values, fitted) -> float32 [N, width]`; `serve.py` the same as ONNX nodes.
    """

    kind = "encodings"

    @abstractmethod
    def width(self, options: Options) -> int:
        """How many numbers come out; only the last encoding of a chain may widen."""
