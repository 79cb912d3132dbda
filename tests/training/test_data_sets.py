"""Tasks with data sets of their own: their rows are those of one file in which labels are null."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
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


def run(text: str, data: str, out: str, **more: str) -> RunResult:
    return mtlspec.train(mtlspec.Text("tiny.mtl", text), data=data, out=out, threads=1, **more)


def refusal(text: str = OWN, data: str = "data", **more: str) -> list[str]:
    with pytest.raises(SpecError) as raised:
        run(text, data, "no", **more)
    return [found.id for found in raised.value.diagnostics]


@pytest.mark.usefixtures("here")
def test_several_data_sets_are_one_in_which_the_other_labels_are_null():
    own = run(OWN, "data", "own", valid="data")
    whole = run(WHOLE, "whole.parquet", "whole", valid="whole.parquet")
    assert own.info.train_rows == whole.info.train_rows == 240
    for one, other in zip(own.epochs, whole.epochs, strict=True):
        assert one.losses == pytest.approx(other.losses, rel=1e-5)
        assert one.metrics == pytest.approx(other.metrics, rel=1e-5)
