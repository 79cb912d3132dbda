"""`from_file`: numbers that a file has."""

from collections.abc import Mapping
from typing import ClassVar

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import FileOption, Options


class FromFileOptions(Options):
    """`file`: `"file.safetensors#name"`, a file and the array in it; the name may be left out where
    there is one array alone.
    """

    by_place: ClassVar[tuple[str, ...]] = ("file",)

    file: FileOption

    @property
    def path(self) -> str:
        return self.file.partition("#")[0]

    @property
    def array(self) -> str:
        return self.file.partition("#")[2]


class FromFile(Initialiser):
    """The numbers of an array in a safetensors file, whose shape is that of the weight.

    The path is relative to the spec's file. In a checkpoint of mtlspec arrays have the logical
    names of weights. A run keeps its weights, and needs the file no more.

    Example:
        weight keys : f32[4, 64] = from_file("keys.safetensors#keys")
    """

    takes_options = FromFileOptions
    function = "zeros_"
    draws = False
    stored = True

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}


WORD = FromFile()
