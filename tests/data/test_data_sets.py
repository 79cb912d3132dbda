"""Several data sets, read as one table: each task sees its own, features see all."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtlspec.data import (
    Rows,
    check_labels,
    data_files,
    encode,
    fit,
    load_rows,
    load_table,
    split_rows,
)
from mtlspec.diagnostics import SpecError
from mtlspec.graph.schema import Schema
from tests.data.spec import schema, told, write

FEATURES = "features { age : numeric  city : category }"
TASKS = """tasks {
    stars  : ordinal(3, from: "stars.parquet")
    click  : binary(from: "more/*.csv", label: source == "web", where: shown > 0)
    liked  : binary(from: "stars.parquet", label: label > 2, rows: 1 / age)
}"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("glue/more").mkdir(parents=True)
    put("stars", age=[1.0, 2.0, 4.0], label=[1, 2, 3], city=["ulm", "bonn", "ulm"])
    write(Path("glue/more/a.csv"), "source,shown,age,label\nweb,1,5,x\nweb,0,6,y\n")
    write(Path("glue/more/b.csv"), "age,source,shown,label\n7,app,2,z\n")
    write(Path("glue/old.csv"), "age,stars,label,city\n8,1,0,ulm\n9,0,1,ulm\n")


def put(name: str, **columns: Sequence[object]) -> None:
    pq.write_table(pa.table(columns), f"glue/{name}.parquet")


def rows_of(found: Schema, data: str) -> Rows:
    table = load_table(found, data)
    return encode(found, fit(found, table, data), table, data)


def labels(tasks: str, data: str = "glue") -> dict[str, list[float | None]]:
    """The labels of each task, None for a row without."""
    _, found = rows_of(schema(f"{FEATURES} {tasks}"), data).batch(slice(None))
    return {
        name: [None if np.isnan(x) else x for x in values.numpy()[:, 0].tolist()]
        for name, values in found.items()
    }


def refusal(tasks: str, data: str = "glue", features: str = FEATURES) -> str:
    """All that is said of data which cannot be read, or whose labels cannot."""
    with pytest.raises(SpecError) as raised:
        rows_of(schema(f"{features} {tasks}"), data)
    return told(raised.value.diagnostics)


def test_a_label_is_read_from_its_own_data_set_and_missing_in_other_rows():
    assert labels(TASKS) == {
        "stars": [0, 1, 2, None, None, None],
        "click": [None, None, None, 1, None, 0],
        "liked": [0, 0, 1, None, None, None],
        "liked.rows": [1, 0.5, 0.25, 0, 0, 0],
    }


def test_a_column_of_features_is_one_for_all_and_null_where_a_data_set_has_it_not():
    found = schema(f"{FEATURES} {TASKS}")
    table = load_table(found, "glue")
    assert table.column("age").to_pylist() == [1, 2, 4, 5, 6, 7]
    assert table.column("city").to_pylist() == ["ulm", "bonn", "ulm", None, None, None]
    assert load_table(found, "glue", labels=False).column_names == ["age", "city"]
    assert fit(found, table).columns.keys() == {"age", "city"}


def test_a_data_set_that_several_tasks_name_is_read_once():
    found = schema(
        f'{FEATURES} tasks {{ stars, more : ordinal(3, from: "./stars.parquet") '
        'liked : binary(from: "stars.parquet", label: label > 2) }'
    )
    assert load_table(found, "glue").num_rows == 3
    assert data_files(found, "glue") == ("glue/stars.parquet",)


def test_a_file_after_data_is_read_by_tasks_without_from_and_the_others_lie_beside_it():
    tasks = 'tasks { stars : binary  own : ordinal(3, from: "stars.parquet") }'
    assert labels(tasks, "glue/old.csv") == {
        "stars": [1, 0, None, None, None],
        "own": [None, None, 0, 1, 2],
    }
    assert labels(tasks, "glue/o*.csv") == labels(tasks, "glue/old.csv")
    found = schema(f"{FEATURES} {tasks}")
    assert data_files(found, "glue/old.csv") == ("glue/old.csv", "glue/stars.parquet")


def test_the_folder_of_data_may_have_a_name_like_a_glob():
    Path("glue").rename("gl[u]e")
    both = 'tasks { c : binary(from: "more/*.csv", label: shown > 0)  o : binary(from: "old.csv") }'
    assert labels(both, "gl[u]e")["o"] == [None, None, None, 0, 1]


def test_pairs_and_what_has_no_label_of_its_own_are_those_of_a_tasks_own_rows():
    features = "features { user, item : category(dim: 4) }"
    put("seen", user=[1, 2], item=[3, 4], kept=[1, 0])
    put("rated", user=[2, 2, 1], item=[3, 4, 4], label=[1, 2, 3])
    tasks = (
        'tasks { pair : retrieval(from: "seen.parquet", where: kept == 1)  '
        'all : retrieval(from: "seen.parquet", item: item)  s : ordinal(3, from: "rated.parquet") }'
    )
    model = "model m { head[pair] = user, item  head[all] = user, item  head[s] = features }"
    table = load_table(found := schema(f"{features} {tasks}", model), "glue")
    _, found_labels = encode(found, fit(found, table), table).batch(slice(None))
    present = {name: (~label.isnan())[:, 0].tolist() for name, label in found_labels.items()}
    assert present == {
        "pair": [True, False, False, False, False],
        "all": [True, True, False, False, False],
        "s": [False, False, True, True, True],
    }


def test_a_task_without_a_head_needs_no_data_set():
    tasks = 'tasks { stars : binary  own : ordinal(3, from: "nowhere.csv") }'
    found = schema(f"{FEATURES} {tasks}", "model m { head[stars] = features }")
    assert load_table(found, "glue/old.csv").column_names == ["age", "stars", "city"]


SOURCE_READ = "model m { head[task] = concat(features, source) }"


def with_source(tasks: str) -> Schema:
    return schema(f"{FEATURES} {tasks}", SOURCE_READ)


def test_source_is_the_name_of_a_rows_data_set():
    found = with_source(TASKS)
    table = load_table(found, "glue", labels=False)
    assert table.column("source").to_pylist() == ["stars"] * 3 + ["more/*"] * 3
    fitted = fit(found, load_table(found, "glue"))
    assert fitted.sizes["source"] == 4  # null, unknown, and the two
    ids = encode(found, fitted, load_table(found, "glue"))
    assert ids.batch(slice(None))[0]["source"].tolist() == [2, 2, 2, 3, 3, 3]


def test_what_tasks_without_from_read_is_called_data():
    found = with_source('tasks { stars : binary  own : ordinal(3, from: "stars.parquet") }')
    table = load_table(found, "glue/old.csv")
    assert table.column("source").to_pylist() == ["data"] * 2 + ["stars"] * 3


def test_source_is_a_column_as_any_other_of_rows_to_predict():
    found = with_source(TASKS)
    put("rows", age=[1, 2], city=["ulm", None], source=["stars", None])
    assert load_rows(found, "glue/rows.parquet").column("source").to_pylist() == ["stars", None]
    with pytest.raises(SpecError) as raised:
        load_rows(found, "glue/stars.parquet")
    assert "MTL0610\n`glue/stars.parquet` has no column `source`" in told(raised.value.diagnostics)


def test_a_feature_that_a_spec_itself_calls_source_is_a_column_of_the_data():
    features = "features { age : numeric  source : category }"
    found = schema(f"{features} {TASKS}")
    table = load_table(found, "glue")
    assert table.column("source").to_pylist() == [None, None, None, "web", "web", "app"]


def test_rows_that_differ_in_their_data_set_alone_are_on_one_side():
    put("again", age=[1.0, 2.0, 4.0], label=[0, 1, 0], city=["ulm", "bonn", "ulm"])
    tasks = 'tasks { a : binary(from: "again.parquet")  s : ordinal(3, from: "stars.parquet") }'
    for found in (schema(f"{FEATURES} {tasks}"), with_source(tasks)):
        table = load_table(found, "glue")
        for seed in range(8):
            train, valid = split_rows(table, found, 0.5, seed)
            assert {row % 3 for row in train} & {row % 3 for row in valid} == set()


def test_classes_are_those_of_a_tasks_own_rows():
    tasks = (
        'tasks { kind : multiclass(from: "more/*.csv")  grade : multiclass(from: "stars.parquet") }'
    )
    found = schema(f"{FEATURES} {tasks}")
    fitted = fit(found, load_table(found, "glue"))
    assert fitted.tasks["kind"].model_dump()["classes"] == ("x", "y", "z")
    assert fitted.tasks["grade"].model_dump()["classes"] == (1, 2, 3)


def test_lists_and_vectors_are_null_in_the_rows_of_other_data_sets():
    put("lists", seen=[["a", "b"], []], age=[1, 2], label=[["x"], ["y", "x"]], v=[[1, 2], [3, 4]])
    features = "features { age : numeric  seen : sequence(of: category, max: 2)  v : vector(2) }"
    tasks = (
        'tasks { tags : multilabel(from: "lists.parquet")  s : ordinal(3, from: "stars.parquet") }'
    )
    found = schema(f"{features} {tasks}")
    batch, labels = rows_of(found, "glue").batch(slice(None))
    assert batch["seen"].tolist()[2:] == [[-1, -1]] * 3
    assert batch["v"].tolist() == [[1, 2], [3, 4], [2, 3], [2, 3], [2, 3]]
    assert labels["tags"][:2].tolist() == [[1, 0], [1, 1]]
    assert labels["tags"][2:].isnan().all()


def test_a_family_of_tasks_may_have_a_data_set_for_each():
    tasks = 'tasks { t[s in {"stars.parquet", "old.csv"}] : binary(from: s, label: label > 0) }'
    found = schema(f"{FEATURES} {tasks}")
    assert found.sources == ("stars.parquet", "old.csv")
    assert rows_of(found, "glue").labels.shape == (5, 2)


# --- what is told --------------------------------------------------------------------------------


def test_a_data_set_that_is_not_there_is_marked_where_a_task_names_it():
    text = refusal('tasks { a : binary(from: "b.parquet")  c : binary(from: "d/*.csv") }')
    assert "MTL0601\nno data at `glue/b.parquet`: there is no such file" in text
    assert "a <- its data set, by `from:`" in text
    assert "no data at `glue/d/*.csv`: no file matches the pattern" in text


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b", "stars.parquet/b", "{stars}", "[", "**"])
def test_no_path_ends_in_a_traceback(name: str):
    assert "MTL06" in refusal(f'tasks {{ a : binary(from: "{name}") }}')


def test_data_is_the_folder_of_all_where_each_task_has_its_own():
    tasks = 'tasks { s : ordinal(3, from: "stars.parquet") }'
    text = refusal(tasks, "glue/stars.parquet")
    assert "MTL0677\nno task reads `glue/stars.parquet`: each has a data set of its own" in text
    assert "MTL0677\nthere is no folder `glew`" in refusal(tasks, "glew")


def test_a_folder_after_data_leaves_open_what_a_task_without_from_reads():
    text = refusal('tasks { s : ordinal(3, from: "stars.parquet")  old : binary }')
    assert "MTL0673\n`old` has no `from:`, and `--data glue` is the folder of all" in text
    assert "old <- which of its files?" in text


def test_a_column_that_no_data_set_has_is_missing():
    features = "features { age : numeric  town : category }"
    text = refusal(TASKS, features=features)
    assert "MTL0610\n`glue` has no column `town`" in text
    assert "`age`" in text
    assert "\0" not in text


def test_a_column_of_a_condition_is_missing_in_its_own_data_set():
    text = refusal('tasks { a : binary(from: "more/*.csv", label: clicked) }')
    assert "MTL0610\n`glue/more/*.csv` has no column `clicked`" in text
    assert "its columns are `label`" not in text
    assert "`shown`" in text


def test_a_column_of_features_has_types_that_meet():
    put("more", age=["old", "young"], label=[0, 1])
    text = refusal(
        'tasks { s : ordinal(3, from: "stars.parquet")  m : binary(from: "more.parquet") }'
    )
    assert "MTL0671\ntwo data sets differ in the type of column `age`" in text
    assert "it is double in `glue/stars.parquet`" in text
    assert "it is string in `glue/more.parquet`" in text


def test_columns_of_conditions_need_not_have_types_that_meet():
    put("more", label=["no", "yes"])
    tasks = (
        'tasks { s : ordinal(3, from: "stars.parquet")  '
        'm : binary(from: "more.parquet", label: label == "yes") }'
    )
    assert labels(tasks)["m"] == [None, None, None, 0, 1]


def test_a_wrong_label_is_told_with_its_file_and_row():
    put("more", age=[1, 2], label=[0, 7])
    text = refusal(
        'tasks { s : ordinal(3, from: "stars.parquet")  m : binary(from: "more.parquet") }'
    )
    assert "`glue/more.parquet`, row 2" in text


def test_a_task_without_a_label_is_told_with_its_data_set():
    tasks = (
        'tasks { s : ordinal(3, from: "stars.parquet")  '
        'c : binary(from: "more/*.csv", label: shown, where: source == "tv") }'
    )
    found = schema(f"{FEATURES} {tasks}")
    text = told(check_labels(found, rows_of(found, "glue"), path="glue"))
    assert "MTL0616\ntask `c` has no label in the training rows\nglue/more/*.csv" in text


def test_values_that_a_task_is_judged_by_are_those_of_its_own_data_set():
    put("more", age=[1, 2], label=[0, 1], city=["kiel", "kiel"])
    tasks = (
        'tasks { s : binary(from: "stars.parquet", label: label > 1, metrics: [auc(by: city)])  '
        'm : binary(from: "more.parquet", metrics: [auc(by: city)]) }'
    )
    _, found = rows_of(schema(f"{FEATURES} {tasks}"), "glue").batch(slice(None))
    ulm, bonn, _, *others = found["by city of stars.parquet"].tolist()
    assert ulm != bonn
    assert others == [-1, -1]
    assert found["by city of more.parquet"].tolist() == [-1, -1, -1, 0, 0]


def test_groups_are_those_of_a_tasks_own_data_set():
    put("asked", age=[1, 2, 3, 4], query=["a", "a", "b", "b"], label=[0, 1, 1, 0])
    put("found", age=[5, 6, 7], query=["a", "c", "c"], label=[1, 0, 1])
    tasks = (
        'tasks { one : ranking(query, from: "asked.parquet")  '
        's : ordinal(3, from: "stars.parquet")  two : ranking(query, from: "found.parquet") }'
    )
    found = schema(f"{FEATURES} {tasks}")
    _, read = rows_of(found, "glue").batch(slice(None))
    assert read["one"][:4, 1].tolist() == [0, 0, 1, 1]
    assert read["two"][7:, 1].tolist() == [2, 3, 3]
    assert read["one"][4:].isnan().all()
    assert read["two"][:7].isnan().all()
    table = load_table(found, "glue")
    for seed in range(6):
        train, _ = split_rows(table, found, 0.5, seed)
        assert all(({a, b} <= {*train}) or not ({a, b} & {*train}) for a, b in ((0, 1), (8, 9)))
