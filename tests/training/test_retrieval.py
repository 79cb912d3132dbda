"""Matching users to items, from raw rows to a run and its exported file."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec.data import check_schema, encode, fit
from mtlspec.diagnostics import SpecError
from mtlspec.export import export

MODEL = """
features { user : category(8)  item : category(8)  x : numeric }
model m {
    layer u = concat(user, x) -> linear(8)
    layer v = item -> linear(8)
    head[match] = u -> unit, v -> unit
}
train { batch : 128  epochs : 20  optimizer : adam(lr: 2e-2) }
"""


def table(rows: int = 3000, seed: int = 0) -> pa.Table:
    """Users click on items of their own kind, the first items more often than the last ones."""
    rng = np.random.default_rng(seed)
    user, item = rng.integers(0, 20, rows), np.minimum(rng.geometric(0.1, rows) - 1, 29)
    return pa.table(
        {
            "user": user,
            "item": pa.array([f"i{n}" for n in item]),
            "x": rng.normal(size=rows),
            "click": ((user % 5 == item % 5) & (rng.random(rows) < 0.9)).astype(int),
            "w": rng.random(rows),
        }
    )


def spec(options: str) -> mtlspec.Text:
    return mtlspec.Text("m.mtl", f"mtl 1\ntasks {{ match : retrieval{options} }}\n{MODEL}")


def labels_of(options: str, train: pa.Table, rows: pa.Table | None = None):
    schema = mtlspec.compile(spec(options)).schema
    encoded = encode(schema, fit(schema, train), train if rows is None else rows)
    return encoded.batch(slice(None))[1]["match"].numpy()


OPTIONS = {
    "(temperature: 0.1, where: click == 1)": 0.06,
    "(temperature: 0.1, label: click, rows: w)": 0.06,
    "(temperature: 0.1, where: click == 1, item: item)": 0.5,
    "(temperature: 0.1, where: click == 1, item: item, correct: logq)": 0.5,
}
"""The least mean reciprocal rank; that of chance is 0.02, and 0.13 where each item counts once."""


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS)
def test_a_match_is_learned_and_exported(
    options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(table(), "train.parquet")
    pq.write_table(table(1500, seed=1), "valid.parquet")
    text = spec(options)
    result = mtlspec.train(text, data="train.parquet", valid="valid.parquet", out="run", threads=1)
    assert not result.warnings
    assert result.best is not None
    found = result.best.metrics["match.mrr"]
    assert found is not None
    assert found > OPTIONS[options]
    run = mtlspec.open_run("run")
    rows = table(50, seed=2)
    report = export(run.compiled, run.fitted, run.module, rows, Path("m.onnx"), provenance={})
    assert report.verification.difference <= 1e-5
    (port,) = report.outputs
    assert (port.name, port.width) == ("match", 1)
    raw = {
        "user": np.array([[3], [3]]),
        "item": np.array([["i3"], ["i4"]]),
        "x": np.zeros((2, 1), np.float32),
    }
    ((mine, other),) = ort.InferenceSession("m.onnx").run(["match"], raw)
    assert mine > other


def test_positives_are_the_rows_that_are_kept() -> None:
    rows = table(4).set_column(3, "click", pa.array([1, 0, None, 1]))
    kept = [[0], [np.nan], [np.nan], [3]]
    np.testing.assert_array_equal(labels_of("(where: click == 1)", rows), kept)
    np.testing.assert_array_equal(labels_of("(label: click)", rows), kept)
    np.testing.assert_array_equal(labels_of("", rows), [[0], [1], [2], [3]])


def test_rows_of_one_item_have_one_number_and_its_share_is_of_the_training_rows() -> None:
    train = table(5).set_column(1, "item", pa.array(["a", "b", "a", "a", None]))
    valid = table(4).set_column(1, "item", pa.array(["new", "a", None, "new"]))
    np.testing.assert_array_equal(labels_of("(item: item)", train)[:, 0], [0, 1, 0, 0, np.nan])
    found = labels_of("(item: item, correct: logq)", train, valid)
    np.testing.assert_array_equal(found[:, 0], [0, 1, np.nan, 0])
    np.testing.assert_allclose(np.exp(found[:, 1]), [1 / 4, 3 / 4, np.nan, 1 / 4], rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "column", "values", "said"),
    [
        ("(label: click)", "click", [0, 1, 2, None], "2 in"),
        ("(item: x)", "x", [0.0, 1.0, 2.5, None], "2.5 in"),
    ],
)
def test_a_row_that_is_neither_is_told(
    options: str, column: str, values: list[object], said: str
) -> None:
    rows = table(4)
    rows = rows.set_column(rows.column_names.index(column), column, pa.array(values))
    with pytest.raises(SpecError) as raised:
        labels_of(options, rows)
    (error,) = raised.value.diagnostics
    assert error.id == "MTL0626"
    assert said in error.found()


@pytest.mark.parametrize(
    ("options", "code"),
    [("(label: kind)", "MTL0615"), ("(item: tags)", "MTL0623"), ("(item: ghost)", "MTL0610")],
)
def test_a_column_of_another_type_is_told_before_a_row_is_read(options: str, code: str) -> None:
    rows = table(2).append_column("kind", [["a", "b"]]).append_column("tags", [[["a"], []]])
    schema = mtlspec.compile(spec(options)).schema
    assert [error.id for error in check_schema(schema, rows.schema, "rows.parquet")] == [code]
