"""The graph of the raw columns does what training does with a table."""

from dataclasses import dataclass

import mmh3
import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from mtlspec.export.interface import Interface, read_interface
from mtlspec.export.preprocess import write_preprocess
from mtlspec.export.raw import as_table, read_raw
from mtlspec.graph.schema import FeatureField, Schema
from mtlspec.words.serving import NULL_INTEGER
from tests.export.fields import category, encoding, numeric, place, sequence

_ROWS = 1000


@dataclass(frozen=True)
class Columns:
    """Features, what was fitted for each, and the graph of their columns."""

    features: tuple[FeatureField, ...]
    fitted: dict[str, BaseModel]
    interface: Interface
    session: ort.InferenceSession

    def in_training(self, table: pa.Table) -> list[np.ndarray]:
        return [
            field.word.part("run").encode(
                table.column(field.column), field.options, self.fitted[field.state], place(field)
            )
            for field in self.features
        ]

    def in_serving(self, table: pa.Table) -> list[np.ndarray]:
        return self.session.run(None, read_raw(table, self.interface.inputs))


def build(features: tuple[FeatureField, ...], train: pa.Table) -> Columns:
    kinds, fitted = {}, {}
    for field in features:
        run, column = field.word.part("run"), train.column(field.column)
        kind = run.input_kind(column.type)
        kinds[field.column] = "int64" if kinds.get(field.column) == "int64" else kind
        entries = run.entries(column, field.options, place(field))
        fitting = field.fitting
        state = fitting.word.part("run").fit([(entries, place(field))], fitting.options)
        fitted[field.state] = state
    schema = Schema(features, ())
    interface = read_interface(schema, kinds)
    model = write_preprocess(schema, fitted, interface)
    return Columns(features, fitted, interface, ort.InferenceSession(model.SerializeToString()))


def rows(seed: int, count: int, words: list[str | None], spread: int) -> pa.Table:
    """Random rows with nulls in every column."""
    random = np.random.default_rng(seed)
    whole = random.integers(-spread, spread, count)
    floats = random.lognormal(0, 4, count) * random.choice([-1, 1], count)
    null = random.random(count) < 0.2
    text = np.array(words, dtype=object)[random.integers(0, len(words), count)]
    few = pa.array(whole % 7 - 3, pa.int8(), mask=null)
    return pa.table(
        {
            "town": pa.array(text, pa.string()),
            "town, as codes": pa.array(text, pa.large_string()).dictionary_encode(),
            "whole": pa.array(whole, pa.int64(), mask=null),
            "stood in": pa.array(np.where(null, NULL_INTEGER, whole), pa.int64()),
            "tiny": few,
            "large": pa.array(whole * 2**40 + 1, pa.int64(), mask=null),
            "whole floats": pa.array(np.where(null, np.nan, whole), pa.float64()),
            "yes": pa.array(whole > 0, pa.bool_(), mask=null),
            "number": pa.array(floats, pa.float64(), mask=null),
            "small": pa.array(floats * 1e-18, pa.float32(), mask=null),
            "constant": pa.array(np.full(count, 2.5), mask=null),
            "empty": pa.nulls(count, pa.float64()),
            "nothing": pa.nulls(count),
            "towns": lists(text, random),
            "wholes": lists(np.where(null, None, whole), random),
            "no lists": pa.nulls(count),
        }
    )


def lists(values: np.ndarray, random: np.random.Generator) -> pa.Array:
    """A list per row, each of up to six values; some are null."""
    sizes = random.integers(0, 7, len(values))
    found = [random.choice(values, size).tolist() for size in sizes]
    return pa.array([row if size < 6 else None for row, size in zip(found, sizes, strict=True)])


LOG, SCALE = encoding("log1p"), encoding("normalize")
FEATURES = (
    category("town", min_count=3),
    category("town_hashed", column="town", oov=5, min_count=3),
    category("codes", column="town, as codes", oov=2),
    category("town_closed", column="town", values=("ü", "never", "b")),
    category("whole_closed", column="whole", oov=2, values=(5, -3, 10_000)),
    category("whole", oov=3, min_count=2),
    numeric("whole_number", LOG, SCALE, column="whole"),
    numeric("stood_in", SCALE, column="stood in"),
    category("tiny"),
    category("large", oov=4, min_count=2),
    numeric("large_number", SCALE, column="large"),
    category("whole_floats", column="whole floats"),
    category("yes"),
    numeric("yes_number", column="yes"),
    numeric("plain", column="number"),
    numeric("scaled", SCALE, column="number"),
    numeric("logarithm", LOG, column="number"),
    numeric("bins", encoding("piecewise", n=16), column="number"),
    numeric("bins_of_logarithm", LOG, SCALE, encoding("piecewise", n=3), column="number"),
    numeric("buckets", encoding("buckets", n=8), column="number"),
    numeric("few_buckets", encoding("buckets", n=9), column="tiny"),
    numeric("constant_buckets", encoding("buckets", n=4), column="constant"),
    category("every_hash", column="town", hash=11),
    category("every_integer", column="whole", hash=1),
    numeric("few_bins", encoding("piecewise", n=16), column="tiny"),
    numeric("small_logarithm", LOG, SCALE, column="small"),
    numeric("constant", SCALE),
    numeric("constant_bins", encoding("piecewise", n=4), column="constant"),
    numeric("empty", LOG, SCALE, encoding("piecewise", n=1)),
    category("nothing"),
    sequence("towns", 4, oov=3, min_count=30),
    sequence("all_towns", 9, column="towns", hash=50),
    sequence("wholes", 2),
    sequence("no_lists", 2, column="no lists"),
)
KNOWN = ["Ulm", "Köln", "東京", "new york", "", None]
UNSEEN = ["", None, "Ulm", "Ulm ", "köln", "Ω", "a longer name, which nobody has seen"]


@pytest.fixture(scope="module")
def columns() -> Columns:
    return build(FEATURES, rows(0, _ROWS, KNOWN, 40))


@pytest.mark.parametrize("count", [1, 7, _ROWS])
@pytest.mark.parametrize("seen", [True, False])
def test_serving_encodes_a_column_as_training_does(
    columns: Columns, count: int, seen: bool
) -> None:
    table = rows(1, count, KNOWN if seen else UNSEEN, 40 if seen else 200)
    pairs = zip(columns.in_training(table), columns.in_serving(table), strict=True)
    for field, (trained, served) in zip(FEATURES, pairs, strict=True):
        assert served.dtype == trained.dtype, field.name
        np.testing.assert_allclose(served, trained, rtol=1e-6, atol=1e-6, err_msg=field.name)


def test_a_column_has_one_input_however_many_features_read_it(columns: Columns) -> None:
    names = [port.name for port in columns.interface.inputs]
    assert names == list(dict.fromkeys(field.column for field in FEATURES))


def test_a_list_is_as_long_as_the_longest_of_the_batch(columns: Columns) -> None:
    axes = {port.name: port.axes for port in columns.interface.inputs}
    assert axes["towns"] == ("batch", "towns_entries")
    assert axes["town"] == ("batch", 1)
    table = pa.table({"towns": [["Ulm"] * 7, ["Ulm", None]]})
    raw = read_raw(table, [port for port in columns.interface.inputs if port.name == "towns"])
    assert raw["towns"].tolist() == [["Ulm"] * 7, ["Ulm", *[""] * 6]]


def test_a_column_read_as_number_and_as_category_is_an_integer(columns: Columns) -> None:
    kinds = {port.name: port.kind for port in columns.interface.inputs}
    assert (kinds["whole"], kinds["number"], kinds["town"]) == ("int64", "float32", "string")


def test_an_empty_batch_gives_an_empty_batch(columns: Columns) -> None:
    table = rows(1, 7, KNOWN, 40).slice(0, 0)
    assert [len(served) for served in columns.in_serving(table)] == [0] * len(FEATURES)


def test_raw_rows_turn_back_into_a_table_with_the_same_nulls(columns: Columns) -> None:
    table = rows(1, 50, KNOWN, 40)
    again = as_table(read_raw(table, columns.interface.inputs), columns.interface.inputs)
    for first, second in zip(columns.in_training(table), columns.in_training(again), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.fixture(scope="module")
def hashed() -> Columns:
    train = pa.table({"text": ["known"], "number": [7]})
    return build((category("text", oov=1000), category("number", oov=1000)), train)


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@settings(max_examples=200, deadline=None)
@example("known", 7)
@given(TEXT, st.integers(-(2**63) + 1, 2**63 - 1))
def test_an_unknown_value_takes_the_row_of_its_hash(
    hashed: Columns, text: str, number: int
) -> None:
    served = hashed.in_serving(pa.table({"text": [text], "number": pa.array([number], pa.int64())}))
    data = number.to_bytes(8, "little", signed=True)
    rows_of_hash = [1 + mmh3.hash(value, 0, signed=False) % 1000 for value in (text, data)]
    expected = [
        1001 if text == "known" else rows_of_hash[0],
        1001 if number == 7 else rows_of_hash[1],
    ]
    assert [ids.tolist() for ids in served] == [[row] for row in expected]


def test_what_is_called_unseen_is_unknown_and_differs(columns: Columns) -> None:
    for field in FEATURES:
        fitted = columns.fitted[field.name]
        values = field.word.part("serve").unseen(fitted, 7)
        if field.word.reads == "ids":
            assert len(set(values)) == 7
            column = pa.chunked_array([[[v] for v in values] if field.entries else values])
            ids = field.word.part("run").encode(column, field.options, fitted, place(field))
            ids = ids[:, 0] if field.entries else ids
            assert ids.min() >= 1
            assert ids.max() <= fitted.oov
        else:
            assert len(values) == 0
