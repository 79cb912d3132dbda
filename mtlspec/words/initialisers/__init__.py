"""Initialisers: how a fresh parameter is drawn."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtlspec.words.constants import Start
from mtlspec.words.word import Bound, Options, Word

Numbers = tuple[float, ...] | tuple[tuple[float, ...], ...]
"""Numbers of an array of one axis or of two."""


class Initialiser(Word):
    """Says a function of `torch.nn.init` and its keyword arguments; so no torch is needed here."""

    kind = "initialisers"
    used = "`weight w : f32[8, 4] = {}`"
    function: ClassVar[str]
    by_shape: ClassVar[bool] = False
    """Whether the function looks at the array's shape, which is that of one member."""
    draws: ClassVar[bool] = True
    """Whether it draws random numbers."""
    axes: ClassVar[int] = 0
    """The fewest axes that it fills."""
    most_axes: ClassVar[int | None] = None
    """The most axes that it fills, if there is a limit."""
    own: ClassVar[bool] = False
    """Whether the function stands in its `module.py`, and not in `torch.nn.init`."""
    given: ClassVar[bool] = False
    """Whether its numbers are known: `values` and `write` say them."""
    stored: ClassVar[bool] = False
    """Whether a file has the numbers. An emitted file does not read it: who makes a module does."""

    @abstractmethod
    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        """Keyword arguments of the function; `fan_in` is that of one member."""

    def values(self, options: Options) -> Numbers | None:
        """The numbers themselves, for an initialiser that does not draw."""
        del options
        return None

    def write(
        self, members: Sequence[Options], shape: tuple[int, ...], *, stacked: bool
    ) -> Start | None:
        """The same in PyTorch: the arrays of this shape of several members, `stacked` or one."""
        del members, shape, stacked
        return None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A learned array of one member of a statement.

    `matrix` tells whether it counts in `weights(n)`: biases and norms do not. `rows_of` is the
    table that it is a copy of, `outputs_of` the task that it has an output for each class of: its
    first dimension, 0 here, is then known with the data. `lr` is a factor on the learning rate;
    what is `frozen` stays as it begins. `logical` is its name among logical names, if it is
    another.
    """

    name: str
    shape: tuple[int, ...]
    initial: Bound
    fan_in: int
    matrix: bool = True
    rows_of: str | None = None
    outputs_of: str | None = None
    lr: float = 1.0
    frozen: bool = False
    logical: str | None = None
