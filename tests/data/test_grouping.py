"""Rows told apart by the values of a column, for metrics."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mtlspec.data import check_schema, encode, fit, load_table, needed_columns
from mtlspec.data.grouping import read_groups
from tests.data.spec import schema, table, told, write

SPEC = """
features { age : numeric }
tasks {
    click : binary(metrics: [auc, auc(by: scenario)])
    buy   : binary(metrics: [auc(by: "the user"), logloss(by: scenario), auc(by: age)])
    later : binary(label: none, metrics: [auc(by: ghost)])
}
"""


def groups_of(values: pa.Array | pa.ChunkedArray | Sequence[object]) -> list[int]:
    """With the numbers in the order in which they are first met."""
    spec = schema("features { age : numeric } tasks { click : binary(metrics: [auc(by: x)]) }")
    found = read_groups(spec, pa.table({"x": values}))["by x"].tolist()
    return [list(dict.fromkeys(found)).index(number) for number in found]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b", "a", None, "b", "", "a"], [0, 1, 2, 0, 2, 1]),
        ([3, 1, None, 3], [0, 1, 2, 0]),
        ([0.5, float("nan"), -0.0, None, 0.0], [0, 1, 2, 1, 2]),
        ([True, None, False, True], [0, 1, 2, 0]),
        ([date(2024, 1, 1), None, date(2024, 1, 2), date(2024, 1, 1)], [0, 1, 2, 0]),
        ([None, None], [0, 0]),
        (pa.array([2**64 - 1, 2**64 - 2, 2**64 - 1], pa.uint64()), [0, 1, 0]),
        (pa.array([0.5, None, 0.5], pa.float16()), [0, 1, 0]),
        (pa.array([b"a", b"b", b"a"]), [0, 1, 0]),
        (pa.chunked_array([["a", "b"], ["b", None]]), [0, 1, 1, 2]),
        (pa.array(["a", "b", None, "a"]).dictionary_encode(), [0, 1, 2, 0]),
        ([], []),
    ],
)
def test_rows_belong_together_where_values_are_equal(values: Sequence[object], expected: list[int]):
    assert groups_of(values) == expected


def test_the_chunks_of_a_dictionary_are_told_apart_by_their_texts():
    chunks = [pa.array(texts).dictionary_encode() for texts in (["a", "b"], ["b", "c"])]
    assert groups_of(pa.chunked_array(chunks)) == [0, 1, 1, 2]


def test_the_columns_are_read_once_each_though_no_feature_reads_them():
    assert needed_columns(schema(SPEC)) == ("age", "click", "scenario", "buy", "the user")
    assert needed_columns(schema(SPEC), labels=False) == ("age",)


def test_they_stand_beside_the_labels_of_a_batch(tmp_path: Path):
    path = write(
        tmp_path / "a.csv", "age,click,buy,scenario,the user\n1,0,1,s,7\n2,1,0,,8\n3,1,1,s,9\n"
    )
    spec = schema(SPEC)
    rows = load_table(spec, path)
    encoded = encode(spec, fit(spec, rows), rows).take(slice(1, 3))
    _, labels = encoded.batch(slice(None))
    assert set(labels) == {"click", "buy", "by scenario", "by the user", "by age"}
    assert labels["by scenario"].tolist() == [-1, 0]
    assert labels["by the user"].tolist() == [1, 2]


def test_each_task_is_judged_by_the_column_of_its_own_data_set(tmp_path: Path):
    write(tmp_path / "one.csv", "age,label,shop\n1,0,b\n2,1,a\n3,1,b\n")
    write(tmp_path / "two.csv", "age,label,shop\n4,0,7\n5,1,8\n")
    tasks = (f'{t} : binary(from: "{t}.csv", metrics: [auc(by: shop)])' for t in ("one", "two"))
    spec = schema(f"features {{ age : numeric }} tasks {{ {' '.join(tasks)} }}")
    rows = load_table(spec, str(tmp_path))
    _, labels = encode(spec, fit(spec, rows), rows).batch(slice(None))
    one, two = labels["by shop of one.csv"].tolist(), labels["by shop of two.csv"].tolist()
    assert one[0] == one[2] != one[1]
    assert two[3] != two[4]
    assert labels["one"].isnan().flatten().tolist() == [False] * 3 + [True] * 2


def test_a_column_that_is_missing_is_told_with_what_was_meant():
    columns = table(age=[1], click=[1], buy=[0], scenarios=["s"], the_user=[1]).schema
    text = told(check_schema(schema(SPEC), columns, "a.csv"))
    assert "auc(by: scenario) <- did you mean `scenarios`?" in text
    assert 'auc(by: "the user") <- did you mean `the_user`?' in text
    assert "ghost" not in text


@pytest.mark.parametrize(
    "dtype", [pa.list_(pa.string()), pa.struct({"a": pa.int64()}), pa.map_(pa.string(), pa.int8())]
)
def test_a_column_of_values_with_parts_is_refused(dtype: pa.DataType):
    columns = pa.schema({"age": pa.int64(), "click": pa.int64(), "x": dtype})
    spec = schema("features { age : numeric } tasks { click : binary(metrics: [auc(by: x)]) }")
    (error,) = check_schema(spec, columns, "a.parquet")
    assert error.id == "MTL0618"
    assert "which is" not in told([error])
    assert f"`by: x` reads a column that is {dtype} in `a.parquet`" in told([error])


def test_every_other_type_tells_rows_apart():
    spec = schema("features { age : numeric } tasks { click : binary(metrics: [auc(by: x)]) }")
    for dtype in (pa.timestamp("us"), pa.time32("s"), pa.decimal128(9, 2), pa.duration("s")):
        columns = pa.schema({"age": pa.int64(), "click": pa.int64(), "x": dtype})
        assert not check_schema(spec, columns, "a.parquet")
        assert np.unique(read_groups(spec, pa.table({"x": pa.nulls(3, dtype)}))["by x"]).size == 1
