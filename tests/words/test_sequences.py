"""Sequences: lists become rows of a table, the last entries first to last."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlspec.source import SourceFile
from mtlspec.syntax import parse_value
from mtlspec.words.column import ColumnPlace
from mtlspec.words.features.category import CategoryOptions
from mtlspec.words.features.category import run as category
from mtlspec.words.features.sequence import SequenceOptions
from mtlspec.words.features.sequence import run as sequence
from mtlspec.words.lists import Lists
from mtlspec.words.word import Condition
from tests.words.oracles import category as oracle
from tests.words.oracles import sequence as lists_oracle

PLACE = ColumnPlace("rows.parquet", "c")
OF, _ = parse_value(SourceFile("spec.mtl", "item"))


def options(longest: int) -> SequenceOptions:
    assert OF is not None
    return SequenceOptions.model_validate({"of": Condition(OF), "max": longest})


def ids(column: pa.ChunkedArray, longest: int) -> list[list[int]]:
    fitted = category.fit([(sequence.entries(column, options(longest), PLACE), PLACE)], CATEGORY)
    return sequence.encode(column, options(longest), fitted, PLACE).tolist()


CATEGORY = CategoryOptions()
ROWS = [["b", "a"], None, [], ["a", None, "c", None], ["d", "c", "b", "a"], [None, None]]
EXPECTED = [[3, 2, -1], [-1] * 3, [-1] * 3, [2, 0, 4], [4, 3, 2], [-1] * 3]


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.string()), pa.large_list(pa.string()), pa.list_(pa.large_string())]
)
def test_the_last_entries_count_first_to_last(kind: pa.DataType):
    column = pa.chunked_array([pa.array(ROWS, kind)])
    assert ids(column, 3) == EXPECTED  # `d` is in no row among the last three: not known


def test_chunks_and_slices_are_one_column():
    whole = pa.array([["x"], *ROWS, ["y"]], pa.list_(pa.string()))
    parts = [whole.slice(1, 2), whole.slice(3, 0), whole.slice(3, 4)]
    assert ids(pa.chunked_array(parts), 3) == EXPECTED
    coded = pa.list_(pa.dictionary(pa.int32(), pa.string()))
    assert ids(pa.chunked_array([pa.array(ROWS, pa.list_(pa.string())).cast(coded)]), 3) == EXPECTED


def test_lists_of_one_size_are_lists():
    column = pa.chunked_array([pa.array([[1, 2], None, [3, None]], pa.list_(pa.int64(), 2))])
    assert ids(column, 2) == [[2, 3], [-1, -1], [4, -1]]


def test_a_null_that_hides_entries_is_empty():
    offsets, entries = pa.array([0, 2, 4], pa.int32()), pa.array(["a", "b", "c", "d"])
    column = pa.ListArray.from_arrays(offsets, entries, mask=pa.array([False, True]))
    assert ids(pa.chunked_array([column]), 3) == [[2, 3, -1], [-1] * 3]


def test_stand_ins_of_null_are_nulls():
    floats = pa.chunked_array([pa.array([[1.0, math.nan, 2.0, math.nan]])])
    assert ids(floats, 4) == [[2, 0, 3, -1]]


def test_a_column_without_a_list_is_empty():
    assert ids(pa.chunked_array([pa.nulls(2)]), 2) == [[-1, -1]] * 2
    assert ids(pa.chunked_array([], pa.list_(pa.string())), 2) == []
    whole = category.fit([(pa.chunked_array([[1, 2]]), PLACE)], CATEGORY)
    nothing = pa.chunked_array([pa.array([[], []], pa.list_(pa.int64()))])
    assert sequence.encode(nothing, options(1), whole, PLACE).tolist() == [[-1], [-1]]
    assert sequence.encode(nothing.slice(0, 0), options(1), whole, PLACE).tolist() == []


VALUE = st.none() | st.sampled_from(["a", "b", "c", "é", "zz"])


@settings(max_examples=100, deadline=None)
@given(
    train=st.lists(st.none() | st.lists(VALUE, max_size=6), max_size=8),
    served=st.lists(st.none() | st.lists(VALUE, max_size=6), max_size=8),
    longest=st.integers(1, 5),
)
def test_any_lists_agree_with_the_oracle(
    train: list[list[str | None] | None], served: list[list[str | None] | None], longest: int
):
    kind = pa.list_(pa.string())
    given = pa.chunked_array([pa.array(train, kind)])
    fitted = category.fit([(sequence.entries(given, options(longest), PLACE), PLACE)], CATEGORY)
    flat = [value for found in train for value in lists_oracle.kept(found, longest)]
    expected = oracle.fit(flat)
    assert fitted.known == expected.known
    column = pa.chunked_array([pa.array(served, kind)])
    np.testing.assert_array_equal(
        sequence.encode(column, options(longest), fitted, PLACE),
        lists_oracle.ids(expected, served, longest),
    )


def test_lists_know_their_entries():
    lists = Lists.of(pa.chunked_array([pa.array(ROWS), pa.array([["e"]])]))
    assert lists.lengths.tolist() == [2, 0, 0, 4, 4, 2, 1]
    assert lists.entries.take(pa.array(lists.indices)).to_pylist() == [
        value for row in [*ROWS, ["e"]] for value in row or []
    ]
