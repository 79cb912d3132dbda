"""The survey's systems, from spec to served file: each learns, and serves what it learned."""

import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from mtlspec import resources
from mtlspec.cli.app import main

SYSTEMS = (
    "single_task",
    "hard_sharing",
    "asymmetric",
    "customized",
    "omoe",
    "mmoe",
    "cgc",
    "ml_mmoe",
    "ple",
    "ple_component",
    "cross_stitch",
    "sluice",
)
TRAIN = str(resources.sample("census_16k_train.parquet"))
VALID = str(resources.sample("census_4k_valid.parquet"))
NULLS = {"tensor(string)": "", "tensor(float)": np.nan, "tensor(int64)": -(2**63)}
TYPES = {"tensor(string)": pa.string(), "tensor(float)": pa.float32(), "tensor(int64)": pa.int64()}


def serve(path: Path, table: pa.Table) -> dict[str, np.ndarray]:
    """What the file gives for raw rows: [B] per output."""
    session = ort.InferenceSession(path)
    inputs: dict[str, np.ndarray] = {}
    for port in session.get_inputs():
        column = pc.fill_null(table[port.name].cast(TYPES[port.type]), NULLS[port.type])
        inputs[port.name] = column.to_numpy(zero_copy_only=False)[:, None]
    outputs = [port.name for port in session.get_outputs()]
    found = session.run(outputs, inputs)
    return {name: value[:, 0] for name, value in zip(outputs, found, strict=True)}


def auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """The share of pairs of a positive and a negative row in the right order; ties count half."""
    high, low = scores[positive], np.sort(scores[~positive])
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.mean() / 2 / len(low))


def test_auc_counts_pairs_in_the_right_order() -> None:
    scores, positive = np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True])
    assert auc(scores, positive) == 3.5 / 4


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_learns_and_serves_what_it_learned(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    data = ["--data", TRAIN, "--valid", VALID, "--threads", "1"]
    settings = ["--set", "train.epochs=1", "--set", "train.batch=128"]
    assert main(["train", f"mtl:{name}.mtl", *data, *settings, "--out", "run"]) == 0
    assert main(["export", "run", "-o", "model.onnx"]) == 0
    assert "largest difference from PyTorch" in capsys.readouterr().out

    metrics = json.loads(Path("run/run.json").read_text())["best"]["metrics"]
    assert metrics["income.auc"] > 0.75
    assert metrics["marital.auc"] > 0.9

    table = pq.read_table(VALID)
    served = serve(tmp_path / "model.onnx", table)
    assert served.keys() == {"income", "marital"}
    rich = table["income_50k"].to_numpy() == "50000+."
    alone = table["marital_stat"].to_numpy() == "Never married"
    assert auc(served["income"], rich) == pytest.approx(metrics["income.auc"], abs=1e-4)
    assert auc(served["marital"], alone) == pytest.approx(metrics["marital.auc"], abs=1e-4)
