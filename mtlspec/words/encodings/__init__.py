"""Encodings of a number: each turns float32 [N, k] into float32 [N, width]."""

from abc import abstractmethod
from typing import ClassVar

from mtlspec import pysource as py
from mtlspec.words.initialisers import Parameter
from mtlspec.words.word import Options, Word


class Encoding(Word):
    """A step between the raw number and the vector that the model reads.

    Its folder's `run.py` has `fit(values, options) -> Fitted` (float32 [N] without nulls) and
    `encode(values, fitted) -> float32 [N, given]`; `serve.py` the same as ONNX nodes. With that it
    is done, but for one that learns: its `module.py` makes float32 [B, width] of what is given.
    """

    kind = "encodings"
    used = "`x : numeric({})`"
    classes: ClassVar[tuple[str, ...]] = ()
    """The classes of its `module.py` that `make` may call."""

    @abstractmethod
    def width(self, options: Options) -> int:
        """How many numbers come out; only the last encoding of a chain may widen, or learn."""

    def given(self, options: Options) -> int:
        """How many numbers the model is given: all, where the model does no part of it."""
        return self.width(options)

    def parameters(self, options: Options) -> tuple[Parameter, ...]:
        """What it learns, by the names that its module has for them."""
        del options
        return ()

    def make(self, options: Options, members: int | None) -> py.Call:
        """The module of one that learns: [B, given] -> [B, width], of several members' one
        [members, B, width].
        """
        raise AssertionError(f"{self.name} learns nothing")
