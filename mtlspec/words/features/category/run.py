"""Categories: the values that training knows, and the row of each value's table.

Values are handled once each, through Arrow's dictionaries and hash tables, never row by row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import mmh3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from mtlspec.diagnostics import Label, SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.features import Known
from mtlspec.words.features.category import CategoryOptions
from mtlspec.words.serving import NULL_INTEGER

POSSIBLE = "strings, integers, bools or floats that are whole numbers"
"""What a column of a category may hold, in words."""

Kind = Literal["string", "int64"]


class FractionsAsCategory(ColumnError):
    """A category was read from a column of numbers that are not whole.

    What it means: a float column can be a category as long as each number in it is whole (other
    tools write integers with nulls that way). This one holds fractions, each of which would be a
    value of its own, and two that differ in the last digit would have nothing in common.

    Example: `price : category(dim: 8)` where `price` holds 3.5

    Instead: `price : numeric(normalize)`, or round the column before.

    Why: a table has a row for each value, so values have to come back.
    """

    id = "MTL0612"
    title = "a category of floats needs whole numbers"
    value: float
    count: int

    def found(self) -> str:
        column = self.column
        others = "" if self.count == 1 else f", the first of {self.count:,} such values"
        return f"`{column.name}` of `{column.path}` holds {self.value!r}{others}"

    def expected(self) -> str:
        return POSSIBLE

    def help(self) -> str:
        return f"read it as a number: `{self.column.name} : numeric(normalize)`"


class ValuesOfOtherKind(ColumnError):
    """The values that close a category are of the kind that its column holds.

    What it means: `values:` are texts and the column holds integers, or the other way round, so
    that every row's value would be unknown.

    Example: `hour : category(values: ["0", "1"])` where `hour` holds integers

    Instead: `hour : category(values: 0..1)`

    Why: a text and a number are never the same value, however they are written.
    """

    id = "MTL0236"
    title = "the values that close a category are of the kind that its column holds"
    given: Kind

    def found(self) -> str:
        holds = "strings" if self.given == "int64" else "integers"
        return f"`{self.column.name}` of `{self.column.path}` holds {holds}"

    def expected(self) -> str:
        kind = "texts" if self.given == "string" else "whole numbers"
        return f"{kind}, as `values:` are"


class TableOfTwoKinds(ColumnError):
    """Columns that share a table hold values of one kind.

    What it means: one of the columns is strings, another numbers. The string "7" and the number 7
    are different values, so no row of the table would ever be shared.

    Example:
        user   : category(dim: 16)           # strings
        friend : category(share: user)       # integers

    Instead: write both columns into the data as strings, or both as integers.

    Why: the table would be two tables side by side, which is not what was written.
    """

    id = "MTL0642"
    title = "columns that share a table hold values of one kind"
    kind: str
    other: ColumnPlace
    other_kind: str

    def headline(self) -> str:
        names = f"`{self.other.name}` and `{self.column.name}`"
        return f"{names} share a table, but one is {self.other_kind} and the other {self.kind}"

    def labels(self) -> tuple[Label, ...]:
        other = self.other.span
        mine = tuple(Label(label.span, self.kind, primary=True) for label in super().labels())
        return mine if other is None else (*mine, Label(other, self.other_kind))


class Fitted(BaseModel):
    """The known values; the table has a row for null, `oov` for unknown values, one for each.

    `held` is how many of the known values some training row holds; `hashed` tells that no value is
    known because each takes a row by its hash.
    """

    model_config = ConfigDict(frozen=True)
    kind: Kind
    oov: int
    known: tuple[StrictInt, ...] | tuple[StrictStr, ...]
    held: int | None = None
    hashed: bool = False

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return 1 + self.oov + len(self.known)

    @property
    def empty(self) -> bool:
        """Whether no training row holds a known value."""
        return not (len(self.known) if self.held is None else self.held) and not self.hashed


def input_kind(dtype: pa.DataType) -> Kind | None:
    """What a served column of this type is, or None where it cannot be a category."""
    if isinstance(dtype, pa.DictionaryType):
        return input_kind(dtype.value_type)
    types = pa.types
    if types.is_string(dtype) or types.is_large_string(dtype) or types.is_string_view(dtype):
        return "string"
    if types.is_null(dtype):
        return "string"
    whole = types.is_integer(dtype) or types.is_boolean(dtype)
    return "int64" if whole or types.is_floating(dtype) or types.is_decimal(dtype) else None


def entries(
    column: pa.ChunkedArray, options: CategoryOptions, place: ColumnPlace
) -> pa.ChunkedArray:
    """The values that a table is fitted on: all rows."""
    del options, place
    return column


Given = tuple[pa.ChunkedArray, ColumnPlace]
"""Values to fit a table on, and where they come from."""


def fit(given: Sequence[Given], options: CategoryOptions) -> Fitted:
    """The values that the spec lists, else those that at least `min_count` entries hold.

    The columns count as one. Raises `SpecError` (MTL0612, MTL0642, MTL0236).
    """
    kind = _one_kind(given)
    if options.hash is not None:
        return Fitted(kind=kind, oov=options.hash, known=(), hashed=True)
    counts = Counter[str | int]()
    for column, place in given:
        indices, values = _distinct(_canonical(column, kind, place))
        found = np.bincount(indices[indices >= 0], minlength=len(values)).tolist()
        for value, count in zip(values.to_pylist(), found, strict=True):
            counts[value] += count
    found = sorted(value for value, count in counts.items() if count >= options.min_count)
    if options.values is not None:
        known = _listed(options.values, kind, given)
        held = len(set(found).intersection(known))
        return Fitted(kind=kind, oov=options.oov, known=known, held=held)
    return Fitted.model_validate({"kind": kind, "oov": options.oov, "known": tuple(found)})


def _listed(values: Known, kind: Kind, given: Sequence[Given]) -> Known:
    """The values of a closed category; of columns of nulls alone they are texts."""
    held = [place for column, place in given if not pa.types.is_null(column.type)]
    if not held:
        return tuple(map(str, values))
    listed: Kind = "string" if isinstance(values[0], str) else "int64"
    if listed != kind:
        raise SpecError([ValuesOfOtherKind(held[0], given=listed)])
    return values


def _one_kind(given: Sequence[Given]) -> Kind:
    """The kind of all columns; one without a single value is of any kind."""
    held = [(column, place) for column, place in given if not pa.types.is_null(column.type)]
    (first, other), *more = held or given
    kind = input_kind(first.type)
    assert kind is not None
    for column, place in more:
        found = input_kind(column.type)
        if found is not None and found != kind:
            raise SpecError([TableOfTwoKinds(place, _SAID[found], other, _SAID[kind])])
    return kind


_SAID: Mapping[Kind, str] = {"string": "strings", "int64": "integers"}


def encode(
    column: pa.ChunkedArray, options: CategoryOptions, fitted: Fitted, place: ColumnPlace
) -> NDArray[np.int64]:
    """int64 [N]: 0 for null, 1 to `oov` for unknown, then the known values."""
    del options
    return table_rows(column, fitted, place)


def table_rows(column: pa.ChunkedArray, fitted: Fitted, place: ColumnPlace) -> NDArray[np.int64]:
    """int64 [N]: the row of each value. Raises `SpecError` (MTL0612)."""
    indices, values = _distinct(_canonical(column, fitted.kind, place))
    rows = np.zeros(len(values) + 1, dtype=np.int64)  # the last one is null's: index -1 reaches it
    rows[: len(values)] = _rows(values, fitted)
    return rows[indices]


def present(column: pa.ChunkedArray, place: ColumnPlace) -> NDArray[np.bool_]:
    """bool [N]: where a value is not null. Raises `SpecError` (MTL0612)."""
    kind = input_kind(column.type)
    assert kind is not None
    return _distinct(_canonical(column, kind, place))[0] >= 0


def _rows(values: pa.Array, fitted: Fitted) -> NDArray[np.int64]:
    """The table's row of each of these distinct values."""
    known = pa.array(fitted.known, type=values.type)
    found = pc.index_in(values, value_set=known).fill_null(-1).to_numpy().astype(np.int64)
    unknown = np.flatnonzero(found < 0)
    rows = found + 1 + fitted.oov
    if fitted.oov == 1:
        rows[unknown] = 1
    else:
        hashes = [_hash(value) for value in values.take(pa.array(unknown)).to_pylist()]
        rows[unknown] = 1 + np.array(hashes, dtype=np.int64) % fitted.oov
    return rows


def _hash(value: int | str) -> int:
    """MurmurHash3 (x86, 32 bits, seed 0) of UTF-8, or of an integer's 8 little-endian bytes."""
    data = value.encode() if isinstance(value, str) else value.to_bytes(8, "little", signed=True)
    return mmh3.hash(data, 0, signed=False)


def _distinct(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """Where each row's value stands among the distinct ones (-1 for null), and these.

    Null and its stand-ins are not among them.
    """
    encoded = column.unify_dictionaries() if _is_dictionary(column) else column.dictionary_encode()
    chunks = [chunk for chunk in encoded.chunks if isinstance(chunk, pa.DictionaryArray)]
    assert isinstance(encoded.type, pa.DictionaryType)
    values = chunks[0].dictionary if chunks else pa.array([], type=encoded.type.value_type)
    missing = pc.fill_null(pc.equal(values, _stand_in(values.type)), True)
    absent = missing.to_numpy(zero_copy_only=False)
    place = np.append(np.where(absent, -1, np.cumsum(~absent) - 1), -1)
    indices = [chunk.indices.cast(pa.int64()).fill_null(-1).to_numpy() for chunk in chunks]
    joined = np.concatenate(indices) if indices else np.zeros(0, dtype=np.int64)
    return place[joined], values.filter(pa.array(~absent))


def _is_dictionary(column: pa.ChunkedArray) -> bool:
    return isinstance(column.type, pa.DictionaryType)


def _stand_in(dtype: pa.DataType) -> pa.Scalar:
    return pa.scalar(NULL_INTEGER if pa.types.is_integer(dtype) else "", type=dtype)


def _canonical(column: pa.ChunkedArray, kind: Kind, place: ColumnPlace) -> pa.ChunkedArray:
    """The column as (perhaps dictionary-encoded) string or int64."""
    wanted = pa.string() if kind == "string" else pa.int64()
    if isinstance(column.type, pa.DictionaryType):
        if column.type.value_type == wanted:
            return column
        column = column.cast(column.type.value_type)
    if kind == "int64" and (pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)):
        return _whole(column, place)
    return column.cast(wanted, safe=False)  # uint64 beyond int64 wraps around, as a C cast does


def _whole(column: pa.ChunkedArray, place: ColumnPlace) -> pa.ChunkedArray:
    """Floats or decimals as int64; NaN is null."""
    numbers = column.cast(pa.float64())
    numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
    fits = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), float(2**63)))
    wrong = numbers.filter(pc.invert(fits))
    if len(wrong):
        raise SpecError([FractionsAsCategory(place, value=wrong[0].as_py(), count=len(wrong))])
    return column.cast(pa.int64()) if pa.types.is_decimal(column.type) else numbers.cast(pa.int64())
