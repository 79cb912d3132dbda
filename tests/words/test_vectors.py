"""Vectors: lists of numbers, as they are."""

import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnPlace
from mtlspec.words.features.vector import VectorOptions
from mtlspec.words.features.vector import run as vector
from tests.words.oracles import vector as oracle

PLACE = ColumnPlace("rows.parquet", "picture")
TRAIN: list[oracle.Row] = [[1.0, 2.0], None, [3.0, None], [5.0, -8.0]]
SERVED: list[oracle.Row] = [[9.0, None], None, [0.5, 0.25], [None, None]]


def column(rows: Sequence[object], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(rows, kind or pa.list_(pa.float64()))])


def encoded(train: pa.ChunkedArray, served: pa.ChunkedArray) -> list[list[float]]:
    options = VectorOptions(n=2)
    fitted = vector.fit([(train, PLACE)], options)
    return vector.encode(served, options, fitted, PLACE).tolist()


def test_vectors_agree_with_the_oracle():
    expected = oracle.encode(oracle.fit(TRAIN, 2), SERVED)
    np.testing.assert_allclose(encoded(column(TRAIN), column(SERVED)), expected, rtol=1e-6)


@pytest.mark.parametrize(
    "kind",
    [pa.list_(pa.float32(), 2), pa.large_list(pa.float64()), pa.list_(pa.decimal128(9, 3))],
    ids=str,
)
def test_lists_of_all_kinds_of_numbers_are_vectors(kind: pa.DataType):
    whole = column([[1, 2], [3, 4]]).cast(kind)
    assert encoded(whole, whole) == [[1, 2], [3, 4]]


def test_a_nan_is_a_null_and_a_column_of_nulls_a_vector_of_zeros():
    assert encoded(column([[1, 3]]), column([[math.nan, 7]])) == [[1, 7]]
    nulls = pa.chunked_array([pa.nulls(2)])
    assert encoded(nulls, nulls) == [[0, 0], [0, 0]]
    assert vector.fit([(nulls, PLACE)], VectorOptions(n=2)).empty


def test_a_vector_of_another_length_is_an_error_that_names_the_row():
    with pytest.raises(SpecError) as caught:
        encoded(column([[1, 2], None, [3], [4, 5, 6]]), column([]))
    (error,) = caught.value.diagnostics
    assert error.id == "MTL0644"
    assert error.found() == "1 number in `rows.parquet`, row 3, the first of 2 such rows"
    assert error.expected() == "2 in each row, or null"
