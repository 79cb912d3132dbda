"""What a word's `serve` part is written against: raw columns in, the names of ONNX values out.

A `serve` part needs neither onnx nor numpy: the builder that it is given belongs to `export`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

ColumnKind = Literal["string", "int64", "float32"]
NULL_INTEGER: Final = -(2**63)
"""What stands for a null in a column of integers; in the others it is "" and NaN."""

DType = Literal["float32", "float64", "int64"]
Attribute = int | float | str | Sequence[int] | Sequence[float] | Sequence[str]


@dataclass(frozen=True, slots=True)
class RawColumn:
    """The value of a column as it is served: [batch, 1], or [batch, entries] where it is a list.

    A null is the empty string, `NULL_INTEGER` or NaN, by `kind`.
    """

    value: str
    kind: ColumnKind


class Nodes(Protocol):
    """Writes nodes and hands out the names of their values."""

    def add(self, op: str, *inputs: str, **attributes: Attribute) -> str:
        """The value of a node with one output; the operator's domain follows from its name."""
        ...

    def cast(self, value: str, dtype: DType) -> str:
        """The value in another type."""
        ...

    def constant(self, values: Sequence[float], dtype: DType) -> str:
        """An initialiser of one axis, [n]; against [batch, 1] it is a row."""
        ...

    def scalar(self, value: float, dtype: DType) -> str:
        """An initialiser without axes."""
        ...
