"""Features: what a column is, and the vector that a row of it becomes."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from mtlspec import pysource as py
from mtlspec.syntax import tree
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.word import Bound, ColumnOption, Options, Word

Reads = Literal["ids", "values"]
Known = tuple[str, ...] | tuple[int, ...]
"""Values of a category, all strings or all whole numbers."""


class FeatureOptions(Options):
    """What every feature takes: `column:` where the column has another name; `serving: none` for
    what is known in training and null when the model serves; `leak: yes` to read a label's column.
    """

    column: ColumnOption | None = None
    serving: Literal[True] | None = True
    leak: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of vectors: the category whose values have its rows, and how wide it is.

    `rows` and `known`, its values in order, are None where the data decide them. `name` is that of
    the feature that owns it. `load` is the file that its rows begin as, all or those of `known`.
    """

    values: Bound
    width: int
    rows: int | None = None
    known: Known | None = None
    name: str = ""
    load: str | None = None


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The table of the feature that an option names, as the spec writes it.

    With `or_type` a kind of feature may stand there too; then the table is the reader's own.
    """

    written: tree.Expr
    or_type: bool = False


class Feature(Word):
    """A kind of feature.

    Its folder has two parts that need more than the standard library:

    - `run`: `fit(given, options) -> Fitted` on the training rows' columns, where `given` is a
      sequence of (`pyarrow.ChunkedArray`, `ColumnPlace`): one, or several where features share a
      table, as their `entries(column, options, place)` give them; and `encode(column, options,
      fitted, place) -> numpy array`: int64 ids [N] or [N, entries] where `reads` is `ids`, float32
      [N, given] where it is `values`. `Fitted` is a frozen pydantic model, kept in the run; with
      `reads` `ids` it has `rows`, the size of the table. A `ColumnPlace` is for messages.
      `input_kind(type)` says as what a column of an Arrow type is served, None where it cannot be
      this feature, and `POSSIBLE` says in words what can.
    - `serve`: `write(nodes, raw, options, fitted) -> value`, the same encoding as ONNX nodes from
      the raw column, and `unseen(fitted, count)`, that many values which training did not know;
      none where no value is unknown.

    A feature that reads a table gets its state from the `fit` of the `category` whose table it is.
    """

    kind = "features"
    used = "`features {{ x : {} }}`"
    reads: ClassVar[Reads]
    """What the emitted module is given for it: int64 [B] or float32 [B, given]."""

    def raw_width(self, options: Options) -> int | None:
        """How many values its column holds in each row; None for a list of any length."""
        del options
        return 1

    def entries(self, options: Options) -> int | None:
        """How many ids a row has, where it is a list of them: int64 [B, entries]; -1 pads it."""
        del options
        return None

    def given(self, options: Options) -> int:
        """How many numbers of a row the emitted module is given, where it reads `values`."""
        return self.type(options, "", None).width

    def parameters(self, options: Options) -> tuple[Parameter, ...]:
        """What it learns besides a table, by the names that its module has for them."""
        del options
        return ()

    def make(self, options: Options, members: int | None) -> py.Call:
        """The module of what it learns besides a table, for one member or for several."""
        raise AssertionError(f"{self.name} learns nothing of its own")

    def classes(self, options: Options) -> tuple[tuple[str, str], ...]:
        """The classes that `make` calls: the module they are copied from, and their name."""
        del options
        return ()

    def needs(self, options: Options) -> tuple[tuple[str, str], ...]:
        """The functions that `write` calls: the module they are copied from, and their name."""
        del options
        return ()

    def write(self, options: Options, read: py.Expr, layer: py.Expr | None) -> py.Expr:
        """Its value in the emitted module, of what the batch gives for it.

        `layer` is the table that it reads, or the module of what it learns.
        """
        del options
        return read if layer is None else py.call(layer, read)

    @abstractmethod
    def type(self, options: Options, name: str, dim: int | None) -> Tensor:
        """What one row of the feature `name` becomes; `dim` is the width of its table."""

    def table(self, options: Options) -> Table | Borrowed | None:
        """The table that it reads: its own, still without a name, another feature's, or none."""
        del options
        return None
