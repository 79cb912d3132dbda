"""Rows are split by a hash of the seed and of what the features read."""

import numpy as np
import pyarrow as pa
import pytest

from mtlspec.data import split_rows
from mtlspec.data.splitting import hash_rows
from tests.data.spec import schema, table

SCHEMA = schema(
    "features { age : numeric  years : category(column: age)  town : category }"
    "tasks { rich : binary }"
)
COUNT = 20_000
RNG = np.random.default_rng(0)
ROWS = table(
    age=[None if age == 7 else int(age) for age in RNG.integers(0, 5_000, COUNT)],
    town=[None if town == 3 else f"town {town}" for town in RNG.integers(0, 900, COUNT)],
    rich=RNG.integers(0, 2, COUNT).tolist(),
)


def valid_rows(rows: pa.Table, fraction: float = 0.1, seed: int = 0) -> set[tuple[object, ...]]:
    _, valid = split_rows(rows, SCHEMA, fraction, seed)
    return {tuple(row.values()) for row in rows.take(pa.array(valid)).to_pylist()}


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5, 0.9])
def test_every_row_is_on_one_side_and_the_share_is_as_asked(fraction: float):
    train, valid = split_rows(ROWS, SCHEMA, fraction, 0)
    assert sorted([*train, *valid]) == list(range(COUNT))
    assert len(valid) / COUNT == pytest.approx(fraction, abs=4 * (fraction / COUNT) ** 0.5)


def test_rows_that_look_alike_are_on_one_side_whatever_their_labels():
    twice = pa.concat_tables(
        [ROWS, ROWS.set_column(2, "rich", pa.array([None] * COUNT, pa.int64()))]
    )
    train, valid = split_rows(twice, SCHEMA, 0.5, 0)
    np.testing.assert_array_equal(valid[valid < COUNT], valid[valid >= COUNT] - COUNT)
    assert len(train) + len(valid) == 2 * COUNT


def test_a_row_keeps_its_side_in_any_order_and_any_part():
    order = np.random.default_rng(1).permutation(COUNT)
    assert valid_rows(ROWS.take(pa.array(order))) == valid_rows(ROWS)
    assert valid_rows(ROWS.slice(0, 5_000)) <= valid_rows(ROWS)


def test_a_row_keeps_its_side_whatever_stores_it():
    coded = pa.table(
        {
            "age": ROWS.column("age").cast(pa.float32()),
            "town": ROWS.column("town").dictionary_encode(),
        }
    )
    chunks = pa.concat_tables([coded.slice(0, 7), coded.slice(7)])
    np.testing.assert_array_equal(hash_rows(chunks, SCHEMA, 3), hash_rows(ROWS, SCHEMA, 3))


def test_another_seed_is_another_split():
    first, second = split_rows(ROWS, SCHEMA, 0.5, 0)[1], split_rows(ROWS, SCHEMA, 0.5, 1)[1]
    both = len(np.intersect1d(first, second))
    assert both / COUNT == pytest.approx(0.25, abs=0.02)


def test_a_value_in_another_column_is_another_row():
    fields = "features { a, b : numeric } tasks { y : binary }"
    one, other = table(a=[1, 2], b=[2, 1]), table(a=[2, 1], b=[1, 2])
    first, second = hash_rows(one, schema(fields), 0), hash_rows(other, schema(fields), 0)
    assert first.tolist() == second.tolist()[::-1]
    assert first[0] != first[1]


def test_the_order_of_the_features_in_the_spec_does_not_matter():
    other = schema("features { town : category  age : numeric } tasks { rich : binary }")
    np.testing.assert_array_equal(hash_rows(ROWS, other, 0), hash_rows(ROWS, SCHEMA, 0))


def test_all_kinds_of_null_are_one():
    fields = "features { s : category  x : numeric } tasks { y : binary }"
    rows = table(s=["", None], x=[float("nan"), None])
    first, second = hash_rows(rows, schema(fields), 0)
    assert first == second


def test_hashes_are_the_same_in_every_process():
    rows = table(age=[1, None, -3], town=["a", "é", None])
    assert hash_rows(rows, SCHEMA, 0).tolist() == [
        3986446519715560948,
        6383884273608835824,
        2667216068095197735,
    ]


def test_hashes_are_evenly_spread():
    distinct = table(age=list(range(COUNT)), town=["one town"] * COUNT)
    counts, _ = np.histogram(hash_rows(distinct, SCHEMA, 0) / 2.0**64, bins=20, range=(0, 1))
    expected = COUNT / 20
    assert ((counts - expected) ** 2 / expected).sum() < 45  # chi², 19 degrees: 1 in 1,000 is more
