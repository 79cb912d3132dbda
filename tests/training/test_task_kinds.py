"""Each kind of task, from raw rows to a run and its exported file."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec.data import check_schema, encode, fit
from mtlspec.diagnostics import SpecError
from mtlspec.export import export
from mtlspec.training.datasets import prepare
from mtlspec.training.evaluation import evaluate
from tests.training.made_up import customers, shop

FEATURES = "features { x, z : numeric(normalize) }"
MODEL = "model m { layer h = features -> mlp(16)  head[task] = h }"
TRAIN = "train { batch : 64  epochs : 30  patience : 30  optimizer : adam(lr: 1e-2) }"


def table(rows: int = 1000, seed: int = 0) -> pa.Table:
    """Rows whose labels of all kinds depend on `x` and `z`."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=rows), rng.normal(size=rows)
    level = np.clip(np.floor(x + 2), 0, 3).astype(int)
    gaps = rng.random(rows) < 0.1
    return pa.table(
        {
            "x": x,
            "z": z,
            "size": pa.array(3 * x - z + rng.normal(size=rows) / 5, mask=gaps),
            "price": np.exp(3 + x),
            "visits": rng.poisson(np.exp(x / 2 + 0.5)),
            "spend": np.where(z > 0, np.exp(1 + x), 0.0),
            "kind": pa.array(
                np.array(["ash", "elm", "oak"])[np.digitize(x, [-0.5, 0.5])], mask=gaps
            ),
            "level": np.array(["low", "mid", "high", "top"])[level],
            "stars": level + 1,
            "p": x > 0,
            "q": pa.array((z > 0).astype(int), mask=gaps),
            "tags": [
                [t for t, on in (("a", a > 0), ("b", b > 0), ("c", True)) if on]
                for a, b in zip(x, z, strict=True)
            ],
            "w": rng.random(rows),
        }
    )


KINDS = {
    "size : regression": ("size.r2", 0.9),
    "size : regression(loss: huber, metrics: [mae, rmse, spearman])": ("size.spearman", 0.9),
    "size : regression(loss: quantile, quantile: 0.9, rows: w)": ("size.r2", 0.5),
    "price : regression(transform: log1p)": ("price.r2", 0.8),
    "visits : count": ("visits.spearman", 0.4),
    "spend : ltv": ("spend.spearman", 0.7),
    "kind : multiclass": ("kind.accuracy", 0.9),
    "kind : multiclass(3)": ("kind.accuracy", 0.9),
    "kind : multiclass(values: [oak, elm, ash], rows: w)": ("kind.accuracy", 0.9),
    "level : ordinal(values: [low, mid, high, top])": ("level.accuracy", 0.8),
    "stars : ordinal(4, metrics: [mae, accuracy, logloss])": ("stars.accuracy", 0.8),
    "marks : multilabel(labels: [p, q, visits > 2], metrics: [auc, accuracy])": ("marks.auc", 0.85),
    "tags : multilabel(values: [b, a])": ("tags.auc", 0.95),
    "tags : multilabel": ("tags.auc", 0.95),
    "p : binary(metrics: [accuracy, auc], rows: w)": ("p.accuracy", 0.9),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    pq.write_table(table(), "train.parquet")
    pq.write_table(table(300, seed=1), "valid.parquet")
    return tmp_path


def spec(task: str, train: str = TRAIN) -> mtlspec.Text:
    return mtlspec.Text("m.mtl", f"mtl 1\n{FEATURES}\ntasks {{ {task} }}\n{MODEL}\n{train}\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("task", KINDS)
def test_a_kind_of_task_learns_and_is_opened_again(task: str) -> None:
    metric, least = KINDS[task]
    result = mtlspec.train(
        spec(task), data="train.parquet", valid="valid.parquet", out="run", threads=1
    )
    assert result.best is not None
    assert not result.warnings
    found = result.best.metrics[metric]
    assert found is not None
    assert found > least
    run = mtlspec.open_run("run")
    data = prepare(run.compiled.schema, "train.parquet", "valid.parquet", seed=0)
    assert data.fitted == run.fitted
    again = evaluate(run.module, data.valid, run.compiled.schema.trained)
    assert again == pytest.approx(dict(result.best.metrics), rel=1e-6)


@pytest.mark.slow
def test_all_kinds_export_what_they_serve(tmp_path: Path) -> None:
    tasks = [
        "size : regression",
        "price : regression(transform: log1p)",
        "visits : count",
        "spend : ltv",
        "kind : multiclass",
        "level : ordinal(values: [low, mid, high, top])",
        "marks : multilabel(labels: [p, q, visits > 2])",
        "tags : multilabel",
        "p : binary",
    ]
    fitted = fit(mtlspec.compile(spec("\n".join(tasks))).schema, table())
    compiled = mtlspec.compile(spec("\n".join(tasks)), sizes=fitted.sizes)
    module = compiled.module(0)
    out = tmp_path / "m.onnx"
    report = export(compiled, fitted, module, table(50, seed=2), out, provenance={})
    assert report.verification.difference <= 1e-5
    shapes = {port.task: port.width for port in report.outputs}
    widths = {"size": 1, "price": 1, "visits": 1, "spend": 1, "kind": 3, "level": 4, "marks": 3}
    assert shapes == widths | {"tags": 3, "p": 1}
    props = {entry.key: entry.value for entry in onnx.load(out).metadata_props}
    outputs = json.loads(props["mtlspec.outputs"])
    assert outputs["kind"] == {"task": "kind", "classes": ["ash", "elm", "oak"]}
    assert outputs["marks"]["classes"] == ["p", "q", "visits > 2"]
    assert outputs["tags"]["classes"] == ["a", "b", "c"]
    assert outputs["p"] == {"task": "p"}
    served = ort.InferenceSession(out).run(
        ["kind", "spend"], {n: np.zeros((5, 1), np.float32) for n in ("x", "z")}
    )
    assert [array.shape for array in served] == [(5, 3), (5, 1)]


def refusal(task: str, rows: pa.Table) -> tuple[str, str]:
    schema = mtlspec.compile(spec(task)).schema
    with pytest.raises(SpecError) as raised:
        encode(schema, fit(schema, rows), rows, "rows.parquet")
    (error,) = raised.value.diagnostics
    return error.id, f"{error.headline()}; {error.found()}"


def changed(**columns: object) -> pa.Table:
    few = table(4)
    for name, values in columns.items():
        few = few.set_column(few.column_names.index(name), name, pa.array(values))
    return few


@pytest.mark.parametrize(
    ("task", "columns", "code", "said"),
    [
        ("size : regression", {"size": [1.0, np.inf, 2.0, None]}, "MTL0626", "inf in"),
        (
            "price : regression(transform: log1p)",
            {"price": [0.0, -1.0, 2.0, -3.0]},
            "MTL0626",
            "-1 in `rows.parquet`, row 2, the first of 2",
        ),
        ("visits : count", {"visits": [1, 2, -1, 0]}, "MTL0626", "-1 in"),
        ("visits : count", {"visits": [1.0, 2.5, 1.0, 0.0]}, "MTL0626", "2.5 in"),
        ("spend : ltv", {"spend": [0.0, 2.5, -1.0, 0.0]}, "MTL0626", "-1 in"),
        ("stars : ordinal(4)", {"stars": [0, 1, 2, 4]}, "MTL0626", "0 in"),
        ("stars : ordinal(4)", {"stars": ["a", "b", None, "c"]}, "MTL0626", '"a" in'),
        (
            "kind : multiclass(values: [oak, elm])",
            {"kind": ["oak", "elm", "ash", None]},
            "MTL0626",
            '"ash" in `rows.parquet`, row 3',
        ),
        ("kind : multiclass(2)", {"kind": ["oak", "elm", "ash", None]}, "MTL0627", "3 classes"),
        ("kind : multiclass(3)", {"kind": ["oak", "elm", "elm", None]}, "MTL0627", "2 classes"),
        ("kind : multiclass", {"kind": ["oak", "oak", "oak", None]}, "MTL0627", "1 class,"),
        ("kind : multiclass(3)", {"kind": [1.0, 2.0, 2.5, None]}, "MTL0626", "2.5 in"),
        ("marks : multilabel(labels: [q, p])", {"q": [0, 1, 2, None]}, "MTL0626", "2 in"),
        ("tags : multilabel", {"tags": [[], None, [None], []]}, "MTL0692", "empty lists"),
        ("q : binary(rows: w)", {"w": [1.0, 2.0, None, 0.0]}, "MTL0624", "null"),
        ("q : binary(rows: w)", {"w": [1.0, -2.0, 1.0, 0.0]}, "MTL0624", "-2"),
    ],
)
def test_a_label_that_cannot_be_learned_is_told(
    task: str, columns: dict[str, object], code: str, said: str
) -> None:
    rows = changed(q=[0, 1, 1, 0], p=[True, False, True, False])
    for name, values in columns.items():
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values))
    found, text = refusal(task, rows)
    assert found == code
    assert said in text


def test_a_weight_of_a_row_without_a_label_does_not_matter() -> None:
    rows = changed(q=[0, 1, None, 1], w=[1.0, 0.5, None, 0.0])
    schema = mtlspec.compile(spec("q : binary(rows: w)")).schema
    encoded = encode(schema, fit(schema, rows), rows)
    _, labels = encoded.batch(slice(None))
    assert labels["q.rows"].tolist() == [[1.0], [0.5], [0.0], [0.0]]


@pytest.mark.parametrize(
    ("task", "column", "values", "code"),
    [
        ("kind : regression", "kind", ["a", "b", "c", "d"], "MTL0615"),
        ("p : regression", "p", [True, False, True, None], "MTL0615"),
        ("tags : multiclass(3)", "tags", [["a"], ["b"], [], None], "MTL0623"),
        ("tags : multilabel(values: [a, b])", "tags", [0.5, 1.0, 0.5, None], "MTL0615"),
        ("tags : multilabel(labels: [p, tags])", "tags", [["a"], ["b"], [], None], "MTL0623"),
        ("tags : multilabel", "tags", [0.5, 1.0, 0.5, None], "MTL0615"),
        ("q : binary(rows: kind)", "kind", ["a", "b", "c", "d"], "MTL0621"),
    ],
)
def test_a_label_of_another_type_is_told_before_a_row_is_read(
    task: str, column: str, values: list[object], code: str
) -> None:
    schema = mtlspec.compile(spec(task)).schema
    found = check_schema(schema, changed(**{column: values}).schema, "rows.parquet")
    assert [error.id for error in found] == [code]


def test_lists_are_the_entries_that_are_asked_for() -> None:
    rows = changed(tags=[["a", "c"], [], None, ["b", "a", "b"]])
    schema = mtlspec.compile(spec("tags : multilabel(values: [b, a])")).schema
    _, labels = encode(schema, fit(schema, rows), rows).batch(slice(None))
    found = labels["tags"].numpy()
    np.testing.assert_array_equal(found, [[0, 1], [0, 0], [np.nan, np.nan], [1, 1]])


def test_entries_that_training_has_not_seen_are_no_label() -> None:
    train = changed(p=[True, True, True, False], tags=[["c", None], ["a"], [], ["b", "a"]])
    valid = changed(p=[True] * 4, tags=[["a"], ["b"], ["c"], None])
    schema = mtlspec.compile(spec("tags : multilabel(where: p)")).schema
    fitted = fit(schema, train)
    assert fitted.sizes == {"tags": 2}
    _, labels = encode(schema, fitted, valid).batch(slice(None))
    np.testing.assert_array_equal(labels["tags"], [[1, 0], [0, 0], [0, 1], [np.nan, np.nan]])


@pytest.mark.slow
def test_esmm_learns_two_rates_and_serves_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(shop(), "shop.parquet")
    settings = {"tower": "[16, 8]", "train.epochs": "3", "train.batch": "64"}
    result = mtlspec.train("mtl:esmm.mtl", data="shop.parquet", out="run", set=settings)
    assert list(result.titles) == ["ctr", "ctcvr"]
    assert set(result.epochs[0].losses) == {"ctr", "ctcvr"}
    run = mtlspec.open_run("run")
    report = export(
        run.compiled, run.fitted, run.module, shop(50), Path("esmm.onnx"), provenance={}
    )
    assert [port.name for port in report.outputs] == ["ctr", "cvr", "ctcvr"]
    raw = {f"{n}_id": np.arange(5)[:, None] for n in ("user", "item", "shop")}
    raw |= {n: np.full((5, 1), 30, np.float32) for n in ("age", "price")}
    session = ort.InferenceSession("esmm.onnx")
    dtypes = {port.name: port.type for port in session.get_inputs()}
    given = {n: x.astype(np.int64 if "int64" in dtypes[n] else np.float32) for n, x in raw.items()}
    ctr, cvr, ctcvr = session.run(None, given)
    np.testing.assert_allclose(ctcvr, ctr * cvr, rtol=1e-5)


@pytest.mark.slow
def test_the_zero_inflated_lognormal_spec_trains_beside_churn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(customers(), "customers.parquet")
    settings = {"train.epochs": "20", "train.batch": "64"}
    result = mtlspec.train("mtl:ziln.mtl", data="customers.parquet", out="run", set=settings)
    assert result.best is not None
    assert result.best.metrics["value.spearman"] > 0.7
    assert result.best.metrics["churn.auc"] > 0.9
