"""Words that read columns agree with their oracles, fitted and applied on the same rows."""

import math
from collections.abc import Sequence

import mmh3
import numpy as np
import pyarrow as pa
import pytest
import torch

from mtlspec.emit.lowerings.row_mean import row_mean
from mtlspec.words.column import ColumnPlace
from mtlspec.words.registry import find
from mtlspec.words.word import Bound
from tests.words.oracles import Array, binary, category, numeric

PLACE = ColumnPlace("rows.parquet", "c")
RNG = np.random.default_rng(0)
COLUMNS: dict[str, Array] = {
    "normal": RNG.normal(3, 2, size=500),
    "years": RNG.integers(94, 96, size=500).astype(np.float64),
    "amounts": np.where(RNG.random(500) < 0.95, 0.0, RNG.integers(1, 99_999, size=500)),
    "few values": RNG.choice([1.0, 2.5, 7.0], size=500),
    "negative": -RNG.lognormal(2, 2, size=500),
    "constant": np.full(500, 0.1),
    "small": RNG.normal(size=500) * 1e-6,
    "one row": np.array([3.0]),
    "nothing known": np.array([math.nan, math.nan]),
}
ENCODINGS: list[list[numeric.Encoding]] = [
    [],
    [("normalize",)],
    [("log1p",)],
    [("log1p",), ("normalize",)],
    [("normalize",), ("log1p",)],
    [("piecewise", 1)],
    [("piecewise", 16)],
    [("log1p",), ("piecewise", 5)],
    [("buckets", 1)],
    [("buckets", 16)],
]


def word(kind: str, name: str):
    found = find(kind, name)
    assert found is not None
    return found


def encoding(written: numeric.Encoding) -> Bound:
    name, *options = written
    return word("encodings", name).bind(**({"n": options[0]} if options else {}))


def column(values: Sequence[object]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values)])


def as_float32(values: Array) -> Array:
    """The numbers that the word is given: it works in float32, the oracle in float64."""
    return values.astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("encodings", ENCODINGS, ids=str)
@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
def test_numbers_agree(values: Array, encodings: list[numeric.Encoding]):
    train = as_float32(np.where(np.arange(len(values)) % 7 == 3, math.nan, values))
    served = as_float32(np.concatenate([train, values * 1.5, [math.nan, 0.0, 1e6, -1e6]]))
    expected = numeric.encode(numeric.fit(train, encodings), served)

    bound = word("features", "numeric").bind(encodings=tuple(map(encoding, encodings)))
    run = bound.word.part("run")
    fitted = run.fit([(column(train), PLACE)], bound.options)
    found = run.encode(column(served), bound.options, fitted, PLACE)

    assert found.shape == expected.shape
    assert found.dtype == np.float32
    # two years near 95 are a hundredth apart after log1p: float32 tells 1 / 10,000 of that
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=5e-4)


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
def test_the_edges_of_piecewise_are_the_same_numbers(values: Array):
    bound = encoding(("piecewise", 16))
    train = values[~np.isnan(values)].astype(np.float32)
    found = bound.word.part("run").fit(train, bound.options)
    (expected,) = numeric.fit(train.astype(np.float64), [("piecewise", 16)]).steps
    assert found.edges == expected.edges


CATEGORIES: dict[str, tuple[list[str | int | None], list[str | int | None]]] = {
    "strings": (["b", None, "a", "é", "B", "b"], ["a", "b", "B", "é", None, "z", ""]),
    "integers": ([10, 9, None, -3, 10, 100], [100, 9, 10, -3, None, 7, 0]),
    "all null": ([None, None], [None, "a"]),
}


def murmur(value: category.Value, oov: int) -> int:
    data = value.encode() if isinstance(value, str) else value.to_bytes(8, "little", signed=True)
    return mmh3.hash(data, 0, signed=False) % oov


@pytest.mark.parametrize(("oov", "min_count"), [(1, 1), (1, 2), (4, 1), (4, 2)])
@pytest.mark.parametrize("kind", CATEGORIES)
def test_categories_agree(kind: str, oov: int, min_count: int):
    train, served = CATEGORIES[kind]
    # an empty string is how a null is served
    read = [None if value == "" else value for value in served]
    oracle = category.fit(train, oov=oov, min_count=min_count)
    expected = category.ids(oracle, read, bucket=lambda value: murmur(value, oov))

    bound = word("features", "category").bind(dim=4, oov=oov, min_count=min_count)
    run = bound.word.part("run")
    fitted = run.fit([(column(train), PLACE)], bound.options)
    assert fitted.rows == oracle.rows
    found = run.encode(column(served), bound.options, fitted, PLACE)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("kind", CATEGORIES)
def test_hashed_categories_agree(kind: str, size: int):
    train, served = CATEGORIES[kind]
    read = [None if value == "" else value for value in served]
    oracle = category.hashed(size)
    expected = category.ids(oracle, read, bucket=lambda value: murmur(value, size))

    bound = word("features", "category").bind(dim=4, hash=size)
    run = bound.word.part("run")
    fitted = run.fit([(column(train), PLACE)], bound.options)
    assert fitted.rows == oracle.rows == bound.word.table(bound.options).rows
    found = run.encode(column(served), bound.options, fitted, PLACE)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("min_count", [1, 3])
@pytest.mark.parametrize("kind", ["strings", "integers"])
def test_a_table_of_several_columns_agrees(kind: str, min_count: int):
    first, second = CATEGORIES[kind]
    second = [None if value == "" else value for value in second]
    oracle = category.fit([*first, *second], min_count=min_count)

    bound = word("features", "category").bind(dim=4, min_count=min_count)
    run = bound.word.part("run")
    given = [(column(first), PLACE), (column(second), PLACE), (column([None, None]), PLACE)]
    fitted = run.fit(given, bound.options)
    assert fitted.known == oracle.known
    found = run.encode(column(second), bound.options, fitted, PLACE)
    np.testing.assert_array_equal(found, category.ids(oracle, second))


@pytest.mark.parametrize("seed", range(5))
def test_the_binary_loss_agrees(seed: int):
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=20, size=(50, 1))
    labels = rng.choice([0.0, 1.0, math.nan], size=(50, 1))
    error = word("tasks", "binary").part("module").binary_error
    label = torch.from_numpy(labels)
    found = row_mean(error(torch.from_numpy(logits), label), label).item()
    assert found == pytest.approx(binary.loss(logits, labels), abs=1e-12)


def test_the_binary_loss_without_labels_is_zero_and_moves_nothing():
    logits = torch.tensor([[3.0], [-2.0]], requires_grad=True)
    labels = torch.full((2, 1), math.nan)
    error = word("tasks", "binary").part("module").binary_error(logits, labels)
    loss = row_mean(error, labels)
    assert loss.item() == binary.loss(np.array([[3.0], [-2.0]]), np.full((2, 1), math.nan)) == 0
    loss.backward()
    assert logits.grad is not None
    assert logits.grad.tolist() == [[0.0], [0.0]]
