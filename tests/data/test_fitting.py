"""What is fitted, on which rows, and that it survives being written down."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlspec.data import Fitted, check_fitted, encode, fit, split_rows
from tests.data.spec import schema, table, told

SCHEMA = schema(
    "features { age : numeric(log1p, piecewise(4))  years : category(column: age, oov: 3)"
    "           pay : numeric(normalize)            town  : category(min_count: 2) }"
    "tasks { rich : binary }"
)
ROWS = table(
    age=[30, None, 41, 30],
    pay=[1.5, 2.5, None, 8.0],
    town=["b", "a", "b", None],
    rich=[0, 1, 0, 1],
)


def test_the_state_survives_being_written_down():
    fitted = fit(SCHEMA, ROWS)
    assert Fitted.from_json(fitted.to_json(), SCHEMA) == fitted


def test_categories_of_digits_stay_strings_when_written_down():
    digits = schema("features { town : category } tasks { rich : binary }")
    fitted = fit(digits, table(town=["10", "9"]))
    read = Fitted.from_json(fitted.to_json(), digits)
    assert read == fitted
    assert encode(digits, read, table(town=["9", "10"], rich=[0, 1])).ids.tolist() == [[3], [2]]


def test_the_state_of_another_spec_is_refused():
    other = schema("features { town, city : category } tasks { rich : binary }")
    with pytest.raises(ValueError, match="nothing is fitted for city"):
        Fitted.from_json(fit(SCHEMA, ROWS).to_json(), other)


def test_of_a_larger_state_only_what_the_schema_reads_is_kept():
    fewer = schema("features { town : category } tasks { rich : binary }")
    read = Fitted.from_json(fit(SCHEMA, ROWS).to_json(), fewer)
    assert (list(read.features), list(read.columns)) == (["town"], ["town"])


def test_sizes_are_the_rows_of_the_tables():
    # null, unknown (1 or `oov`), known: 30 and 41, and "b", which alone is there twice
    assert fit(SCHEMA, ROWS).sizes == {"years": 1 + 3 + 2, "town": 1 + 1 + 1}


def test_a_column_is_served_as_what_its_features_read():
    kinds = {name: column.kind for name, column in fit(SCHEMA, ROWS).columns.items()}
    assert kinds == {"age": "int64", "pay": "float32", "town": "string"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [([True, None], "int64"), ([1.0, None], "int64"), ([None, None], "string"), (["1"], "string")],
)
def test_how_a_category_is_served(values: list[object], kind: str):
    one = schema("features { town : category } tasks { rich : binary }")
    assert fit(one, table(town=values)).columns["town"].kind == kind


def test_nothing_of_the_validation_rows_is_fitted():
    rng = np.random.default_rng(0)
    rows = table(
        age=rng.integers(0, 300, 2_000).tolist(),
        pay=rng.normal(size=2_000).tolist(),
        town=[f"town {i}" for i in rng.integers(0, 400, 2_000)],
        rich=rng.integers(0, 2, 2_000).tolist(),
    )
    train, valid = split_rows(rows, SCHEMA, 0.3, 0)
    fitted = fit(SCHEMA, rows.take(pa.array(train)))
    strange = pa.table(
        {
            "age": np.where(np.isin(np.arange(2_000), valid), 10**6, rows.column("age").to_numpy()),
            "pay": np.where(np.isin(np.arange(2_000), valid), -9e9, rows.column("pay").to_numpy()),
            "town": [
                "elsewhere" if i in set(valid.tolist()) else town
                for i, town in enumerate(rows.column("town").to_pylist())
            ],
        }
    )
    assert fit(SCHEMA, strange.take(pa.array(train))) == fitted
    assert fit(SCHEMA, strange) != fitted


def test_a_column_without_values_is_told_and_counts_as_the_mean_0():
    rows = table(age=[None, None], pay=[None, 1.0], town=["a", "b"], rich=[0, 1])
    fitted = fit(SCHEMA, rows)
    warnings = check_fitted(SCHEMA, fitted)
    assert [warning.severity for warning in warnings] == ["warning"] * 3
    text = told(warnings)
    assert "empty-column\n`age` has no value in the training rows" in text
    assert "years <- reads column `age`" in text
    assert "town" in text  # its values are there once each, and `min_count` is 2
    assert encode(SCHEMA, fitted, rows).numbers[0].tolist() == [0, 0, 0, 0, 1, 0, 1]


def test_fitting_needs_no_labels():
    assert fit(SCHEMA, ROWS.drop_columns(["rich"])) == fit(SCHEMA, ROWS)


_LARGEST = float(np.float32(1e38))
_FLOATS = st.floats(-_LARGEST, _LARGEST, width=32)


@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(st.none() | _FLOATS | st.just(float("nan"))),
    served=st.lists(st.none() | _FLOATS),
    encodings=st.sampled_from(
        ["", "(normalize)", "(log1p)", "(log1p, normalize)", "(piecewise(3))", "(normalize, log1p)"]
    ),
)
def test_encoded_numbers_are_numbers(
    values: list[float | None], served: list[float | None], encodings: str
):
    one = schema(f"features {{ x : numeric{encodings} }} tasks {{ y : binary }}")
    fitted = fit(one, pa.table({"x": pa.array(values, pa.float64())}))
    rows = pa.table({"x": pa.array(served, pa.float64()), "y": pa.nulls(len(served))})
    encoded = encode(one, fitted, rows).numbers
    assert encoded.shape == (len(served), one.features[0].given)
    assert not encoded.isnan().any()
    assert encoded[:, -1].tolist() == [float(value is None) for value in served]


def test_paths_are_not_part_of_the_state(tmp_path: Path):
    assert fit(SCHEMA, ROWS, str(tmp_path)) == fit(SCHEMA, ROWS, "elsewhere")
