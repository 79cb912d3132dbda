"""`mtlspec export`: from a run's folder to a file that serves raw rows."""

import shutil
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec import resources
from mtlspec.cli.export import export
from mtlspec.diagnostics import SpecError
from mtlspec.training import TrainRequest, train

SPEC = mtlspec.Text(
    "small.mtl",
    """
mtl 1
features {
    age    : numeric(piecewise(4))
    worker : category(column: class_worker, dim: 4, oov: 2)
    wage   : numeric(log1p, normalize, column: wage_per_hour)
}
tasks {
    income  : binary(label: income_50k == "50000+.")
    marital : binary(label: marital_stat == "Never married")
}
model small {
    layer body = features -> mlp(8)
    head[task] = body
}
train { epochs : 1 }
""",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data and a run that held a tenth of them out."""
    folder = tmp_path_factory.mktemp("command")
    shutil.copy(resources.sample("census_4k_valid.parquet"), folder / "rows.parquet")
    train(
        TrainRequest(
            "small.mtl",
            str(folder / "rows.parquet"),
            valid="0.1",
            out=str(folder / "run"),
            progress="none",
        ),
        lambda sizes: mtlspec.compile(SPEC, sizes=sizes),
    )
    return folder


def test_a_run_comes_out_as_a_file_that_takes_raw_columns(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(str(folder / "run"), output=str(tmp_path / "small.onnx"))
    said = capsys.readouterr()
    assert "largest difference from PyTorch" in said.out
    assert "float32 [batch, 1], null is NaN: age, wage_per_hour" in said.out
    assert "string [batch, 1], null is the empty string: class_worker" in said.out
    assert said.err == ""
    session = ort.InferenceSession(tmp_path / "small.onnx")
    table = pq.read_table(folder / "rows.parquet").slice(0, 100)
    outputs = session.run(
        ["marital", "income"],
        {
            "age": np.array(table["age"], np.float32)[:, None],
            "class_worker": np.array(table["class_worker"], object)[:, None],
            "wage_per_hour": np.array(table["wage_per_hour"], np.float32)[:, None],
        },
    )
    for probability in outputs:
        assert probability.shape == (100, 1)
        assert ((probability > 0) & (probability < 1)).all()
    metadata = session.get_modelmeta().custom_metadata_map
    assert (metadata["mtlspec.run"], metadata["mtlspec.seed"]) == ("run", "0")


def test_rows_that_were_moved_are_asked_for(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "run", tmp_path / "run")
    (folder / "rows.parquet").rename(tmp_path / "moved.parquet")
    try:
        with pytest.raises(SpecError) as raised:
            export(str(tmp_path / "run"), output=str(tmp_path / "small.onnx"))
        assert [d.id for d in raised.value.diagnostics] == ["MTL0601", "rows-of-the-run"]
        assert raised.value.diagnostics[1].help() == "name other rows with `--data`"
        moved = str(tmp_path / "moved.parquet")
        export(str(tmp_path / "run"), output=str(tmp_path / "small.onnx"), data=moved)
        assert (tmp_path / "small.onnx").is_file()
    finally:
        (tmp_path / "moved.parquet").rename(folder / "rows.parquet")
