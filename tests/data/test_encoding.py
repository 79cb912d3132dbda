"""Raw rows become tensors; labels are masked; mistakes name file, column and row."""

import math
from collections.abc import Callable

import pyarrow as pa
import pytest
import torch

from mtlspec.data import Rows, check_labels, encode, encode_features, fit, read_table
from mtlspec.diagnostics import SpecError
from mtlspec.graph.schema import Schema
from tests.data.spec import schema, table, told, write

SCHEMA = schema(
    "features { age : numeric(normalize)  town : category  pay : numeric(piecewise(3))"
    "           zip : category }"
    'tasks { rich : binary(label: income == "high")  owns : binary(label: house, where: age > 17) }'
)
ROWS = table(
    age=[30, None, 16, 50],
    town=["b", "", None, "a"],
    pay=[1.0, 2.0, 3.0, math.nan],
    zip=[4109, 4109, None, -5],
    income=["high", "low", None, "high"],
    house=[1, 1, 0, None],
)


def encoded(found: Schema = SCHEMA, rows: pa.Table = ROWS) -> Rows:
    return encode(found, fit(found, rows), rows)


def mistakes(read: Callable[[], object]) -> str:
    with pytest.raises(SpecError) as caught:
        read()
    return told(caught.value.diagnostics)


def test_a_batch_holds_each_feature_and_each_label_by_name():
    features, labels = encoded().batch(torch.tensor([3, 0]))
    assert {name: (tuple(x.shape), x.dtype) for name, x in features.items()} == {
        "age": ((2, 2), torch.float32),
        "town": ((2,), torch.int64),
        "pay": ((2, 4), torch.float32),
        "zip": ((2,), torch.int64),
    }
    assert features["town"].tolist() == [2, 3]
    assert features["zip"].tolist() == [2, 3]
    assert {name: tuple(y.shape) for name, y in labels.items()} == {"rich": (2, 1), "owns": (2, 1)}


def test_rows_come_in_the_order_that_is_asked_for():
    rows = encoded()
    order = torch.tensor([2, 0, 2])
    picked, everything = rows.batch(order), rows.batch(slice(None))
    for some, whole in zip(picked, everything, strict=True):
        for name in whole:
            torch.testing.assert_close(some[name], whole[name][order], equal_nan=True)
    part = rows.take(order)
    assert len(part) == 3
    torch.testing.assert_close(part.batch(slice(0, 3))[1], picked[1], equal_nan=True)


def test_a_batch_of_one_row_keeps_its_axis():
    features, labels = encoded().batch(slice(1, 2))
    assert features["town"].shape == (1,)
    assert features["age"].shape == (1, 2)
    assert labels["rich"].shape == (1, 1)


def test_each_kind_of_null_is_null():
    features, _ = encoded().batch(slice(None))
    assert features["town"].tolist() == [3, 0, 0, 2]
    assert features["zip"].tolist() == [3, 3, 0, 2]
    assert features["age"][:, 1].tolist() == [0, 1, 0, 0]
    assert features["pay"][:, 3].tolist() == [0, 0, 0, 1]


def test_a_missing_label_is_nan():
    _, labels = encoded().batch(slice(None))
    assert labels["rich"].flatten().tolist()[:2] == [1, 0]
    assert labels["rich"][2].isnan()


def test_a_row_outside_the_sample_space_has_no_label():
    _, labels = encoded().batch(slice(None))
    # its age is null, it is too young, its label is null
    assert labels["owns"].isnan().flatten().tolist() == [False, True, True, True]


def test_label_and_sample_space_may_be_stored_in_other_chunks():
    parts = pa.concat_tables([ROWS.slice(0, 1), ROWS.slice(1, 2), ROWS.slice(3)])
    parts = parts.set_column(0, "age", ROWS.column("age"))
    torch.testing.assert_close(encoded(rows=parts).labels, encoded().labels, equal_nan=True)


def test_a_wrong_label_outside_the_sample_space_is_nobodys_mistake():
    rows = ROWS.set_column(5, "house", pa.array([1, 1, 7, None]))
    assert encoded(rows=rows).labels[2, 1].isnan()


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 0, None], pa.uint8()),
        pa.array([1.0, 0.0, math.nan]),
        pa.array([True, False, None]),
        pa.array([1, 0, None], pa.float32()),
        pa.array([1, 0, None], pa.int64()).cast(pa.decimal128(21, 1)),
    ],
    ids=lambda values: str(values.type),
)
def test_what_a_label_may_be(values: pa.Array):
    one = schema("features { x : numeric } tasks { y : binary }")
    rows = pa.table({"x": [1, 2, 3], "y": values})
    labels = encode(one, fit(one, rows), rows).labels.flatten()
    assert labels[:2].tolist() == [1, 0]
    assert labels[2].isnan()


def test_a_label_that_is_neither_names_file_column_and_row(tmp_path):
    write(tmp_path / "d" / "a.csv", "x,y\n1,0\n1,1\n")
    second = write(tmp_path / "d" / "b.csv", "x,y\n1,0\n1,\n1,2\n1,3\n")
    one = schema("features { x : numeric } tasks { y : binary }")
    rows = read_table(str(tmp_path / "d"))
    text = mistakes(lambda: encode(one, fit(one, rows), rows, "d"))
    assert "MTL0614\na label of `binary` is 0, 1 or null" in text
    assert f"2 in `{second}`, row 3, the first of 2 such rows" in text
    assert "y <- reads `y`" in text


def test_all_labels_that_are_neither_are_told_at_once():
    fields = "features { x : numeric } tasks { y : binary  z : binary(label: a / 2) }"
    rows = table(x=[1, 2], y=[1, 2], a=[2, 1])
    text = mistakes(lambda: encoded(schema(fields), rows))
    assert "2 in `the table`, row 2" in text
    assert "0.5 in `the table`, row 2" in text
    assert "reads `a / 2`" in text


def test_prediction_needs_no_labels():
    rows = ROWS.drop_columns(["income", "house"])
    found = encode_features(SCHEMA, fit(SCHEMA, ROWS), rows)
    features, labels = found.batch(slice(None))
    assert labels == {}
    for name, expected in encoded().batch(slice(None))[0].items():
        torch.testing.assert_close(features[name], expected)
    assert len(found) == 4


def test_a_spec_of_numbers_alone_and_one_of_categories_alone():
    for fields in ("features { age : numeric }", "features { town : category }"):
        one = schema(f"{fields} tasks {{ house : binary }}")
        features, labels = encoded(one).batch(slice(0, 2))
        assert [len(x) for x in features.values()] == [2]
        assert labels["house"].tolist() == [[1], [1]]


def test_one_column_can_be_read_twice():
    both = schema("features { x : numeric  kind : category(column: x) } tasks { y : binary }")
    rows = table(x=[7, -(2**63), 9], y=[0, 1, 1])
    features, _ = encoded(both, rows).batch(slice(None))
    assert features["x"].tolist() == [[7, 0], [8, 1], [9, 0]]
    assert features["kind"].tolist() == [2, 0, 3]


def test_unknown_values_take_the_unknown_row():
    rows = ROWS.set_column(1, "town", pa.array(["b", "zzz", None, "A"]))
    features, _ = encode(SCHEMA, fit(SCHEMA, ROWS), rows).batch(slice(None))
    assert features["town"].tolist() == [3, 1, 0, 1]


def test_strings_where_training_had_integers_are_an_error():
    rows = ROWS.set_column(3, "zip", pa.array(["4109", "4109", None, "x"]))
    text = mistakes(lambda: encode(SCHEMA, fit(SCHEMA, ROWS), rows, "new.csv"))
    assert "MTL0617\n`zip` of `new.csv` is strings" in text
    assert "zip <- fitted on integers" in text
    text = mistakes(lambda: encode(SCHEMA, fit(SCHEMA, rows), ROWS, "new.csv"))
    assert "`zip` of `new.csv` is integers" in text


def test_integers_that_come_as_floats_or_not_at_all_are_the_same_values():
    floats = ROWS.set_column(3, "zip", pa.array([4109.0, 4109.0, math.nan, -5.0]))
    assert encode(SCHEMA, fit(SCHEMA, ROWS), floats).ids.tolist() == encoded().ids.tolist()
    nothing = ROWS.set_column(3, "zip", pa.nulls(4)).set_column(1, "town", pa.nulls(4))
    assert encode(SCHEMA, fit(SCHEMA, ROWS), nothing).ids.tolist() == [[0, 0]] * 4


def test_fractions_as_a_category_are_an_error_that_says_numeric():
    rows = ROWS.set_column(3, "zip", pa.array([4109.0, 0.5, None, 1.25]))
    text = mistakes(lambda: encode(SCHEMA, fit(SCHEMA, ROWS), rows, "new.csv"))
    assert "MTL0612\na category of floats needs whole numbers\nnew.csv" in text
    assert "`zip` of `new.csv` holds 0.5, the first of 2" in text
    assert "numeric" in text


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e39])
def test_a_number_that_float32_cannot_hold_is_an_error(value: float):
    rows = ROWS.set_column(2, "pay", pa.array([1.0, value, 3.0, None]))
    text = mistakes(lambda: fit(SCHEMA, rows, "rows.csv"))
    assert "MTL0613\na number lies within ±1e38" in text
    assert f"`pay` of `rows.csv` holds {value!r}" in text


def test_missing_columns_are_told_before_anything_is_read():
    rows = ROWS.drop_columns(["town", "income"])
    text = mistakes(lambda: encode(SCHEMA, fit(SCHEMA, ROWS), rows, "new.csv"))
    assert "`new.csv` lacks 2 columns that the spec reads" in text
    assert "town <- \nincome <- " in text


# --- labels of the training rows -----------------------------------------------------------------


def test_a_task_without_any_label_is_an_error():
    rows = encoded(rows=ROWS.set_column(5, "house", pa.nulls(4, pa.int64())))
    (error,) = check_labels(SCHEMA, rows, path="rows.csv")
    assert error.severity == "error"
    assert "MTL0616\ntask `owns` has no label in the training rows\nrows.csv" in told([error])


def test_a_label_that_never_changes_is_a_warning():
    rows = encoded(rows=ROWS.set_column(4, "income", pa.array(["low", None, "low", "low"])))
    warnings = check_labels(SCHEMA, rows)
    assert [(w.id, w.severity) for w in warnings] == [("constant-label", "warning")] * 2
    assert "the label of `rich` is 0 in all training rows that have one" in told(warnings)


def test_only_the_training_rows_count():
    rows = encoded()
    assert [w.id for w in check_labels(SCHEMA, rows)] == ["constant-label"]  # `owns`: one label
    assert "rich" in told(check_labels(SCHEMA, rows, torch.tensor([0, 3])))
