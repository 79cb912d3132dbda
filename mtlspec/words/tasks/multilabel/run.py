"""Reads the labels of several yes-or-no answers: a column of each, or a column of lists."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.tasks._labels.run import is_number, read_numbers
from mtlspec.words.tasks.multilabel import MultilabelOptions
from mtlspec.words.word import Options

POSSIBLE = "lists of texts or of whole numbers; of `labels:`, 0 or 1, a bool, or null"
"""What a label may be, in words."""


class NoEntries(ColumnError):
    """Some list of the training rows has an entry.

    What it means: `multilabel` takes the entries of the training rows' lists as its labels, and
    all of these lists are empty or null, or left out by `where:`.

    Example: `tags : multilabel` where `tags` is filled only from last month on

    Instead: train on rows that have some, or list them: `tags : multilabel(values: [food, travel])`

    Why: without an entry there is nothing to predict.
    """

    id = "MTL0692"
    title = "some list of the training rows has an entry"

    def headline(self) -> str:
        return "no list of the training rows has an entry"

    def found(self) -> str:
        return "empty lists and nulls alone"

    def help(self) -> str:
        return "list the labels: `values: […]` fixes them, whichever of them the rows hold"


class Fitted(BaseModel):
    """The entries that are asked for, in the order of what is served."""

    model_config = ConfigDict(frozen=True)
    entries: tuple[StrictInt, ...] | tuple[StrictStr, ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.entries)


def fit(values: pa.ChunkedArray, options: Options, place: ColumnPlace) -> Fitted:
    """The entries of the training rows, sorted. Raises `SpecError` (MTL0692)."""
    del options
    found = set(pc.list_flatten(values.combine_chunks()).to_pylist())
    entries: tuple[str | int, ...] = tuple(sorted(e for e in found if e not in (None, "")))
    if not entries:
        raise SpecError([NoEntries(place)])
    return Fitted.model_validate({"entries": entries})


def accepts(dtype: pa.DataType, options: Options) -> bool:
    """Whether a column of this type can be one label, or lists that hold all of them."""
    assert isinstance(options, MultilabelOptions)
    if options.labels is not None:
        return is_number(dtype, options) or pa.types.is_boolean(dtype)
    if not isinstance(dtype, pa.ListType | pa.LargeListType):
        return False
    entry = dtype.value_type
    text = pa.types.is_string(entry) or pa.types.is_large_string(entry)
    return text or pa.types.is_integer(entry) or pa.types.is_null(entry)


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N] of one label, or [N, labels] of lists; NaN without one (MTL0626)."""
    assert isinstance(options, MultilabelOptions)
    if options.labels is None:
        asked = fitted.entries if isinstance(fitted, Fitted) else options.values
        assert asked is not None
        return _entries(values, asked)
    possible = "0 or 1, a bool, or null"
    return read_numbers(values, place, "multilabel", lambda x: (x == 0) | (x == 1), possible)


def _entries(
    values: pa.ChunkedArray, asked: tuple[str, ...] | tuple[int, ...]
) -> NDArray[np.float32]:
    """Which of the entries that are asked for each list has; NaN where there is no list."""
    lists = values.combine_chunks()
    found = np.zeros((len(lists), len(asked)), dtype=np.float32)
    rows = pc.list_parent_indices(lists).to_numpy()
    entries = pc.list_flatten(lists)
    known = pa.array(asked)
    text = pa.types.is_string(known.type)
    if text == (pa.types.is_string(entries.type) or pa.types.is_large_string(entries.type)):
        places = pc.index_in(entries.cast(known.type), value_set=known)
        held = places.is_valid().to_numpy(zero_copy_only=False)
        at = places.fill_null(0).to_numpy(zero_copy_only=False)
        found[rows[held], at[held]] = 1
    found[lists.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return found
