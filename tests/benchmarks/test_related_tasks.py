"""The script of many tasks with few rows: how it draws rows, and the laws that its table shows."""

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import mtlspec

ROOT = Path(__file__).parents[2]
PATH = ROOT / "benchmarks" / "related_tasks.py"
SPECS = sorted(PATH.with_suffix("").glob("*.mtl"))
SCHEMAS = sorted((PATH.with_suffix("") / "schemas").glob("*.mtl"))


@pytest.fixture(scope="module")
def related():
    spec = importlib.util.spec_from_file_location("related_tasks", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["related_tasks"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["related_tasks"]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_the_specs_stand_over_each_schema(spec: Path, schema: Path) -> None:
    assert mtlspec.load(spec, schema=schema).ok


# --- rows ----------------------------------------------------------------------------------------


def school_of(folder: Path) -> Path:
    """Three tasks of 40, 80 and 9 rows, whose rows are numbered by `x0`."""
    tasks = np.repeat([0, 1, 2], [40, 80, 9])
    y = np.random.default_rng(0).normal(size=len(tasks))
    path = folder / "school_ilea" / "school.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"task": tasks, "x0": np.arange(len(tasks)), "y": y}), path)
    return folder


@pytest.mark.parametrize(
    ("rows", "drawn"), [(0.2, [8, 16, 2]), (0.75, [30, 60, 7]), (8, [8, 8, 8])]
)
def test_a_task_is_tested_on_the_rows_that_are_not_drawn(
    related, tmp_path, rows: float, drawn: list[int]
) -> None:
    setting = related.Setting("school", str(school_of(tmp_path)), rows, False, tmp_path / "runs")
    related.split(setting, seed=0)
    parts = {s: pq.read_table(setting.folder(0) / f"{s}.parquet") for s in related.SIDES}
    counts = {s: np.bincount(part["task"], minlength=3).tolist() for s, part in parts.items()}
    assert counts["drawn"] == drawn
    assert np.add(counts["drawn"], counts["test"]).tolist() == [40, 80, 9]
    assert np.add(counts["train"], counts["valid"]).tolist() == drawn
    assert counts["valid"] == [max(1, round(0.2 * n)) for n in drawn]
    assert counts["watched"] == [counts["valid"][0], 0, 0]
    known = {s: set(part["x0"].to_pylist()) for s, part in parts.items()}
    assert len(known["drawn"] | known["test"]) == 129
    assert known["drawn"] == known["train"] | known["valid"]


def test_each_class_has_its_share_of_what_is_drawn_and_one_row_at_least(related) -> None:
    classes = np.repeat([0.0, 1.0], [90, 10])
    draw = np.random.default_rng(0)
    for rows, mines in ((0.5, 5), (40, 4), (2, 1)):
        drawn = related.draw_rows(np.arange(100), classes, rows, draw)
        assert len(set(drawn)) == len(drawn)
        assert classes[drawn].sum() == mines


def test_negated_labels_are_mirrored_at_the_mean_in_odd_tasks_alone(related, tmp_path) -> None:
    data = school_of(tmp_path / "data")
    plain, negated = (
        related.Setting("school", str(data), 0.75, negate, tmp_path / "runs")
        for negate in (False, True)
    )
    mean = np.mean(pq.read_table(data / "school_ilea" / "school.parquet")["y"])
    for setting in (plain, negated):
        related.split(setting, seed=0)
    one, other = (pq.read_table(s.folder(0) / "train.parquet") for s in (plain, negated))
    odd = np.asarray(one["task"]) % 2 == 1
    before, after = np.asarray(one["y"]), np.asarray(other["y"])
    assert (before[~odd] == after[~odd]).all()
    assert after[odd] - mean == pytest.approx(mean - before[odd])


def test_predictions_are_judged_by_the_metric_of_the_problem(related) -> None:
    served, labels = (torch.tensor([column]).T for column in ([0.1, 0.4, 0.3, 0.9], [0.0, 0, 1, 1]))
    assert related.judge(related.PROBLEMS["landmine"], served, labels) == 0.75
    residual = sum((p - y) ** 2 for p, y in zip((0.1, 0.4, 0.3, 0.9), (0, 0, 1, 1), strict=True))
    found = related.judge(related.PROBLEMS["school"], served, labels)
    assert found == pytest.approx(1 - residual)


# --- the laws ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def explained(related, tmp_path_factory):
    """The variance that a method explains on School's test rows, at a strength, trained once."""
    data = Path(os.environ.get("MTLSPEC_DATA") or ROOT.parent / "shared" / "data")
    if not (data / "school_ilea" / "school.parquet").exists():
        pytest.skip(f"School is not in {data}; MTLSPEC_DATA names the folder of `school_ilea`")
    runs = tmp_path_factory.mktemp("runs")

    def train(name: str, strength: float, rows: float, *, negate: bool = False) -> float:
        setting = related.Setting("school", str(data), rows, negate, runs)
        related.split(setting, seed=0)
        return related.train(name, strength, setting, 0, learn="drawn", judge="test").pooled

    return train


@pytest.mark.slow
def test_what_sharing_gains_grows_as_rows_shrink(explained) -> None:
    alone = {
        rows: explained("single", strength, rows) for rows, strength in ((0.75, 0.3), (0.2, 1))
    }
    for name, strengths in {"mean": (3, 30), "l21": (1, 3), "trace": (3, 3)}.items():
        many = explained(name, strengths[0], 0.75) - alone[0.75]
        few = explained(name, strengths[1], 0.2) - alone[0.2]
        assert few - 0.02 > many > 0.005


@pytest.mark.slow
def test_negated_tasks_mislead_the_mean_and_neither_joint_features_nor_the_trace_norm(
    explained,
) -> None:
    def lost(name: str, strength: float) -> float:
        return explained(name, strength, 0.2) - explained(name, strength, 0.2, negate=True)

    assert lost("mean", 30) > 0.1
    assert abs(lost("single", 1)) < 0.005
    assert abs(lost("l21", 3)) < 0.005
    assert abs(lost("trace", 3)) < 0.005
