"""Features: what a column is, and the vector that a row of it becomes."""

from abc import abstractmethod
from typing import ClassVar, Literal

from mtlspec.types import Tensor
from mtlspec.words.word import ColumnOption, Options, Word

Reads = Literal["ids", "values"]
Known = tuple[str, ...] | tuple[int, ...]
"""Values of a category, all strings or all whole numbers."""


class FeatureOptions(Options):
    """What every feature takes: `column:` where the column has another name."""

    column: ColumnOption | None = None


class Feature(Word):
    """A kind of feature.

    Its folder has two parts that need more than the standard library:

    - `run`: `fit(column, options, place) -> Fitted` on the training rows' `pyarrow.ChunkedArray`
      and `encode(column, fitted, place) -> numpy array`: int64 ids [N] where `reads` is `ids`,
      float32 [N, width] where it is `values`. `Fitted` is a frozen pydantic model, kept in the
      run; with `reads` `ids` it has `rows`, the size of the table. `place` (a `ColumnPlace`) is for
      messages. `input_kind(type)` says as what a column of an Arrow type is served, None where
      it cannot be this feature, and `POSSIBLE` says in words what can.
    - `serve`: `write(nodes, raw, fitted) -> value`, the same encoding as ONNX nodes from the raw
      column [batch, 1] to int64 [batch] or float32 [batch, width], and `unseen(fitted, count)`,
      that many values which training did not know; none where no value is unknown.
    """

    kind = "features"
    reads: ClassVar[Reads]
    """What the emitted module is given for it: int64 [B] or float32 [B, width]."""

    @abstractmethod
    def type(self, options: Options) -> Tensor:
        """The vector that one row becomes."""

    @abstractmethod
    def table_width(self, options: Options) -> int | None:
        """The width of its table, or None for a feature without one."""

    def rows(self, options: Options) -> int | None:
        """The rows of its table where the spec says them; None where the data do."""
        del options
        return None

    def known(self, options: Options) -> Known | None:
        """The values that it may have, in order, where the spec closes them."""
        del options
        return None
