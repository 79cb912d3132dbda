"""Tasks with data sets of their own: their rows are those of one file in which labels are null."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec.cli.app import main
from mtlspec.cli.export import export
from mtlspec.diagnostics import SpecError
from mtlspec.training import RunResult

FEATURES = """
features {
    age : numeric(normalize)
    job : category(dim: 4)
    pay : numeric(log1p)
}
"""
MODEL = """
model tiny {
    layer h[domain] = features -> mlp(8)
    head[task] = concat(h[{by}], features) -> mlp(4)
}
train { batch : 32  epochs : 2  optimizer : adam(lr: 1e-2)  valid : 0.3 }
"""
OWN = f"""mtl 1
{FEATURES}
tasks {{
    rich : binary(from: "rich.parquet", where: age > 20, rows: 1 + pay)
    wed  : binary(from: "others/wed.csv", label: is_wed == "yes")
    tall : regression(from: "rich.parquet", label: height)
}}
set domain = values(source)
{MODEL.replace("{by}", "source")}
"""
WHOLE = f"""mtl 1
{FEATURES.replace("}", 'origin : category(values: [rich, "others/wed"])  }')}
tasks {{
    rich : binary(label: label, where: age > 20, rows: 1 + pay)
    wed  : binary(label: is_wed == "yes")
    tall : regression(label: height)
}}
set domain = values(origin)
{MODEL.replace("{by}", "origin").replace("features", "features[!origin]")}
"""
Columns = Mapping[str, object]


def rich(rows: int = 150) -> pa.Table:
    draw = np.random.default_rng(0)
    age = draw.uniform(18, 90, rows)
    columns: Columns = {
        "age": age,
        "job": [f"job {j}" for j in draw.integers(0, 6, rows)],
        "pay": draw.uniform(0, 9, rows),
        "label": (age > 60).astype(np.int64),
        "height": age / 3 + draw.normal(size=rows),
    }
    return pa.table(columns)


def wed(rows: int = 90) -> pa.Table:
    draw = np.random.default_rng(1)
    job = draw.integers(0, 8, rows)
    answers = pa.array(["yes" if j % 2 else "no" for j in job])
    columns: Columns = {
        "age": draw.integers(18, 90, rows),
        "job": [f"job {j}" for j in job],
        "is_wed": answers,
        "label": answers,
    }
    return pa.table(columns)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("data/others").mkdir(parents=True)
    pq.write_table(rich(), "data/rich.parquet")
    pa.csv.write_csv(wed(), "data/others/wed.csv")
    one = rich().append_column("origin", pa.array(["rich"] * 150))
    other = wed().drop_columns("label").append_column("origin", pa.array(["others/wed"] * 90))
    pq.write_table(pa.concat_tables([one, other], promote_options="permissive"), "whole.parquet")
    return tmp_path


def run(text: str, data: str, out: str, valid: str | None = None) -> RunResult:
    spec = mtlspec.Text("tiny.mtl", text)
    return mtlspec.train(spec, data=data, out=out, valid=valid, threads=1)


@pytest.mark.usefixtures("here")
def test_several_data_sets_are_one_in_which_the_other_labels_are_null():
    own = run(OWN, "data", "own", valid="data")
    whole = run(WHOLE, "whole.parquet", "whole", valid="whole.parquet")
    assert own.info.train_rows == whole.info.train_rows == 240
    for one, other in zip(own.epochs, whole.epochs, strict=True):
        assert one.losses == pytest.approx(other.losses, rel=1e-5)
        assert one.metrics == pytest.approx(other.metrics, rel=1e-5)


@pytest.mark.usefixtures("here")
def test_a_run_keeps_where_its_data_sets_are_and_is_repeated_from_its_own_spec():
    first = run(OWN, "data", "first")
    files = [Path(file.path).relative_to(Path.cwd()) for file in first.info.data.files]
    assert [str(file) for file in files] == ["data/rich.parquet", "data/others/wed.csv"]
    assert first.info.data.path == str(Path("data").absolute())
    assert first.info.data.rows == 240
    assert first.info.data.columns == {
        "age": "double",
        "job": "string",
        "pay": "double",
        "source": "string",
        **{f"{name} of rich": dtype for name, dtype in RICH.items()},
        "is_wed of others/wed": "string",
    }
    assert 'binary(from: "rich.parquet", ' in first.directory.spec.read_text()
    again = mtlspec.train(first.directory.spec, data="data", out="again", threads=1)
    assert [epoch.losses for epoch in again.epochs] == [epoch.losses for epoch in first.epochs]


RICH = {"label": "int64", "age": "double", "pay": "double", "height": "double"}


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_a_served_model_is_told_the_data_set_of_each_row(capsys: pytest.CaptureFixture[str]):
    run(OWN, "data", "own")
    export("own", output="own.onnx")
    assert "source" in capsys.readouterr().out
    session = ort.InferenceSession("own.onnx")
    assert [port.name for port in session.get_inputs()] == ["age", "job", "pay", "source"]
    row = {
        "age": np.full((4, 1), 40, np.float32),
        "job": np.full((4, 1), "job 1", object),
        "pay": np.full((4, 1), 3, np.float32),
        "source": np.array([["rich"], ["others/wed"], ["elsewhere"], [""]], object),
    }
    rich, wed, unknown, null = np.asarray(session.run(["tall"], row)[0])[:, 0]
    assert rich != wed
    assert unknown == null


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_an_exported_file_is_compared_on_any_rows_that_say_their_source():
    run(OWN, "data", "own")
    columns = {"age": [1.0], "job": ["job 2"], "pay": [1.0], "source": ["rich"]}
    pq.write_table(pa.table(columns), "rows.parquet")
    export("own", output="own.onnx", data="rows.parquet")
    export("own", output="own.onnx", data="data")
    with pytest.raises(SpecError) as raised:
        export("own", output="own.onnx", data="data/rich.parquet")
    assert [error.id for error in raised.value.diagnostics] == ["MTL0610"]


@pytest.mark.usefixtures("here")
def test_tables_have_the_sizes_that_all_data_sets_give(capsys: pytest.CaptureFixture[str]):
    Path("tiny.mtl").write_text(OWN, encoding="utf-8")
    assert main(["compile", "tiny.mtl", "--data", "data"]) == 0
    assert "table(10, 4)" in capsys.readouterr().out  # null, unknown, and eight jobs


ROOT = Path(os.environ.get("MTLSPEC_DATA", Path(__file__).parents[3] / "shared/data"))
STUDENTS = ROOT / "student_performance"
GRADES = """mtl 1
features {
    school, sex, Mjob, Fjob, reason, guardian, schoolsup, paid, higher : category(dim: 4)
    age, Medu, Fedu, studytime, failures, absences, G1, G2 : numeric(normalize)
}
tasks {
    maths      : regression(from: "student-mat.parquet", label: G3)
    portuguese : regression(from: "student-por.parquet", label: G3)
}
set course = values(source)
model grades {
    layer own[course] = features -> mlp(16)
    head[task] = concat(own[source], features) -> mlp(64, 32)
}
train { batch : 64  epochs : 20  patience : 20  optimizer : adam(lr: 2e-3)  valid : 0.2 }
"""


@pytest.mark.slow
@pytest.mark.skipif(not STUDENTS.exists(), reason=f"{STUDENTS} is not here (MTLSPEC_DATA)")
def test_grades_of_two_courses_are_learned_from_a_file_each(tmp_path: Path):
    result = run(GRADES, str(STUDENTS), str(tmp_path / "run"))
    assert result.info.train_rows + result.info.valid_rows == 395 + 649
    assert result.best is not None
    assert min(value for key, value in result.best.metrics.items() if key.endswith("r2")) > 0.6
