"""Training, whole: from a spec and files to a run's folder, and back."""

import errno
import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import mtlspec
from mtlspec.diagnostics import SpecError
from mtlspec.emit.compiled import Compiled
from mtlspec.training import RunResult, TrainRequest, describe, open_run, train
from mtlspec.training.checkpoint import load_checkpoint
from mtlspec.training.datasets import prepare
from mtlspec.training.evaluation import evaluate
from mtlspec.training.history import Epoch
from mtlspec.training.progress import Step

from .standins import Recorder

SPEC = """mtl 1
features {
    age : numeric(normalize)
    job : category(dim: 4)
}
tasks { rich, wed : binary }
model tiny {
    expert e[2] = features -> mlp(8) -> dropout(0.2)
    gate g[task] = e by features
    head[task] = g[task]
}
train { batch : 32  epochs : 2  optimizer : adam(lr: 1e-2) }
"""


def compile_spec(text: str = SPEC) -> Callable[[Mapping[str, int] | None], Compiled]:
    return lambda sizes: mtlspec.compile(mtlspec.Text("tiny.mtl", text), sizes=sizes)


def compile_file(path: str, sizes: Mapping[str, int]) -> Compiled:
    return mtlspec.compile(path, sizes=sizes)


def table(rows: int = 200, seed: int = 0, **changes: object) -> pa.Table:
    """Rich are the old, wed those with an even job; some of each are not known."""
    draw = np.random.default_rng(seed)
    age, job = draw.uniform(18, 90, rows), draw.integers(0, 6, rows)
    columns: dict[str, object] = {
        "age": age,
        "job": [f"job {j}" for j in job],
        "rich": pa.array([bool(a > 60) if i % 5 else None for i, a in enumerate(age)]),
        "wed": (job % 2 == 0).astype(np.int64),
    }
    return pa.table(columns | changes)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    pq.write_table(table(), "train.parquet")
    pq.write_table(table(80, seed=1), "valid.parquet")
    return tmp_path


def run(text: str = SPEC, **changes: object) -> RunResult:
    request = {"spec": "tiny.mtl", "data": "train.parquet", "progress": "none", "threads": 1}
    return train(TrainRequest(**(request | changes)), compile_spec(text))


def refusal(text: str = SPEC, **changes: object) -> list[str]:
    with pytest.raises(SpecError) as raised:
        run(text, **changes)
    return [diagnostic.id for diagnostic in raised.value.diagnostics]


# --- a run ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_a_run_leaves_its_folder_behind() -> None:
    result = run()
    root = result.directory.path
    assert str(root) == "runs/tiny-1"
    assert sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()) == [
        "checkpoints/best.safetensors",
        "checkpoints/last.safetensors",
        "features/fitted.json",
        "metrics.jsonl",
        "model.py",
        "run.json",
        "spec.mtl",
    ]
    info = json.loads((root / "run.json").read_text())
    assert (info["status"], info["seed"], info["threads"]) == ("finished", 0, 1)
    assert info["train_rows"] + info["valid_rows"] == info["data"]["rows"] == 200
    assert info["valid"] == 0.1
    assert info["data"]["columns"] == {
        "age": "double", "job": "string", "rich": "bool", "wed": "int64"
    }  # fmt: skip
    assert info["best"]["metrics"] == dict(result.best.metrics)
    names = load_checkpoint(result.directory.best).header.names
    assert any("e[2]" in name for members in names.values() for name in members)


@pytest.mark.usefixtures("here")
def test_a_run_that_is_opened_predicts_what_was_evaluated() -> None:
    result = run(valid="valid.parquet")
    opened = open_run("@last", compile_file)
    assert opened.notes == ()
    assert opened.info == result.info
    data = prepare(opened.compiled.schema, "train.parquet", "valid.parquet", seed=0)
    assert data.fitted == opened.fitted
    metrics = evaluate(opened.module, data.valid, opened.compiled.schema.tasks)
    assert metrics == pytest.approx(dict(result.best.metrics))
    assert not opened.module.training


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("threads", [1, 2])
def test_two_runs_with_one_seed_have_the_same_weights_bit_for_bit(threads: int) -> None:
    one, two = (run(seed=5, threads=threads) for _ in range(2))
    for which in ("best", "last"):
        first, second = (load_checkpoint(getattr(r.directory, which)).weights for r in (one, two))
        assert all(torch.equal(first[name], second[name]) for name in first)
    assert [e.metrics for e in one.epochs] == [e.metrics for e in two.epochs]


@pytest.mark.usefixtures("here")
def test_another_seed_splits_otherwise() -> None:
    one, two = run(seed=1), run(seed=2)
    assert one.info.train_rows != two.info.train_rows


@pytest.mark.usefixtures("here")
def test_another_seed_starts_otherwise() -> None:
    text = SPEC.replace("batch : 32", "batch : 1000").replace("lr: 1e-2", "lr: 1e-12")
    runs = (run(text, seed=seed, valid="valid.parquet") for seed in (1, 2))
    one, two = (load_checkpoint(r.directory.last).weights for r in runs)
    assert all(not torch.allclose(one[n], two[n]) for n in one if n.endswith("weight"))


@pytest.mark.usefixtures("here")
def test_a_task_counts_by_its_own_weight() -> None:
    text = SPEC.replace(
        "rich, wed : binary", "rich : binary(weight: 0.25)  wed : binary(weight: 2)"
    )
    (epoch,) = run(text.replace("batch : 32  epochs : 2", "batch : 1000  epochs : 1")).epochs
    assert epoch.loss == pytest.approx(0.25 * epoch.losses["rich"] + 2 * epoch.losses["wed"])


@pytest.mark.usefixtures("here")
def test_the_seed_of_the_spec_holds_unless_one_is_given() -> None:
    text = SPEC.replace("epochs : 2", "epochs : 1  seed : 9")
    assert run(text).info.seed == 9
    assert run(text, seed=3).info.seed == 3


@pytest.mark.usefixtures("here")
def test_vocabularies_are_fitted_on_the_training_rows_alone() -> None:
    pq.write_table(table(50, job=["new"] * 50), "other.parquet")
    result = run(valid="other.parquet")
    fitted = json.loads(result.directory.fitted.read_text())
    assert fitted["features"]["job"]["known"] == [f"job {j}" for j in range(6)]
    assert result.info.sizes == {"job": 8}


@pytest.mark.usefixtures("here")
def test_a_share_that_is_held_out_is_not_fitted_on() -> None:
    pq.write_table(table(job=[f"job {i}" for i in range(200)]), "train.parquet")
    info = run().info
    assert info.valid_rows > 0
    assert info.sizes == {"job": info.train_rows + 2}


@pytest.mark.usefixtures("here")
def test_select_decides_which_epoch_is_kept() -> None:
    text = SPEC.replace("train {", "train { select : mean(rich.logloss, wed.logloss)")
    result = run(text)
    assert result.info.select == "mean(rich.logloss, wed.logloss)"
    scores = [epoch.score for epoch in result.epochs]
    assert result.best.score == min(scores)


@pytest.mark.usefixtures("here")
def test_the_verdict_says_what_is_best_where_it_lies_and_what_is_next() -> None:
    result = run()
    metrics = {"rich.auc": 1.0, "rich.logloss": 0.25, "wed.auc": None, "wed.logloss": 0.5}
    best = replace(result.best, metrics=metrics, score=1.0)
    assert describe(replace(result, best=best)).splitlines() == [
        "best   epoch 2 by mean(rich.auc, wed.auc) = 1.0000",
        "valid  rich  AUC 1.0000   logloss  .2500",
        "       wed   AUC      —   logloss  .5000",
        "run    runs/tiny-1",
        "",
        "next   mtlspec export runs/tiny-1 -o tiny.onnx",
    ]


# --- data that is not as it should be ------------------------------------------------------------


def test_a_task_whose_label_never_varies_is_warned_of(here: Path) -> None:
    pq.write_table(table(wed=[1] * 200), "train.parquet")
    result = run(valid="valid.parquet")
    assert [warning.id for warning in result.warnings] == ["constant-label"]
    pq.write_table(table(80, wed=[1] * 80), "valid.parquet")
    result = run(valid="valid.parquet")
    assert [w.id for w in result.warnings] == ["constant-label", "metric-without-value"]
    assert result.best.metrics["wed.auc"] is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"wed": [2] * 200}, ["MTL0614"]),
        ({"wed": ["x"] * 200}, ["MTL0615"]),
        ({"rich": pa.nulls(200, pa.bool_())}, ["MTL0616"]),
    ],
)
def test_data_that_cannot_be_learned_from_is_refused_and_leaves_no_run(
    here: Path, changes: dict[str, object], expected: list[str]
) -> None:
    pq.write_table(table(**changes), "train.parquet")
    assert refusal() == expected
    assert not (here / "runs").exists()


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"data": "nowhere.parquet"}, "MTL0601"),
        ({"valid": "nowhere.parquet"}, "MTL0601"),
        ({"valid": "1e-9"}, "MTL0711"),
        ({"valid": "1.5"}, "MTL0712"),
        ({"valid": "nan"}, "MTL0712"),
    ],
)
def test_rows_that_are_not_there_are_an_error(
    here: Path, request_: dict[str, str], expected: str
) -> None:
    assert refusal(**request_) == [expected]
    assert not (here / "runs").exists()


@pytest.mark.usefixtures("here")
def test_training_on_one_row_and_validating_on_one_works() -> None:
    pq.write_table(table(2).slice(1), "train.parquet")
    result = run(valid="train.parquet")
    assert result.best.number == 2
    assert result.best.metrics["rich.auc"] is None


@pytest.mark.usefixtures("here")
def test_a_learning_rate_without_measure_fails_and_the_run_says_so() -> None:
    text = SPEC.replace("adam(lr: 1e-2)", "sgd(lr: 1e30)")
    assert refusal(text, out="run") == ["MTL0703"]
    assert json.loads(Path("run/run.json").read_text())["status"] == "failed"


def test_a_disk_that_fills_up_leaves_the_last_good_checkpoint(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filling(Recorder):
        def epoch(self, epoch: Epoch) -> None:
            def full(handle: int) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            monkeypatch.setattr("mtlspec.training.files.os.fsync", full)

    monkeypatch.setattr("mtlspec.training.training.choose_progress", lambda *_: Filling())
    assert refusal(out="run") == ["MTL0702"]
    assert load_checkpoint(here / "run/checkpoints/best.safetensors").header.epoch == 1
    assert len((here / "run/metrics.jsonl").read_text().splitlines()) == 1
    assert json.loads((here / "run/run.json").read_text())["status"] == "running"


# --- stopped -------------------------------------------------------------------------------------


class Interrupting(Recorder):
    def __init__(self, epoch: int, number: int) -> None:
        super().__init__()
        self.at = (epoch, number)

    def step(self, step: Step) -> None:
        if (step.epoch, step.number) == self.at:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("epoch", [1, 2])
def test_a_run_that_was_stopped_can_be_opened(monkeypatch: pytest.MonkeyPatch, epoch: int) -> None:
    recorder = Interrupting(epoch, 3)
    monkeypatch.setattr("mtlspec.training.training.choose_progress", lambda *_: recorder)
    result = run()
    assert result.signal == signal.SIGINT
    assert result.info.status == "stopped"
    assert recorder.said == ["stopping", f"saved {epoch}:3"]
    opened = open_run("@last", compile_file)
    assert [note.id for note in opened.notes] == (["no-best-weights"] if epoch == 1 else [])
    assert (result.best is None) == (epoch == 1)
    assert describe(result).splitlines()[-1].startswith("run " if epoch == 1 else "next ")


# --- a run whose files were touched --------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_model_py_is_never_executed_and_a_changed_one_is_noted() -> None:
    result = run()
    result.directory.model.write_text("raise SystemExit('executed')\n")
    (note,) = open_run("tiny-1", compile_file).notes
    assert note.id == "model-file-differs"


@pytest.mark.usefixtures("here")
def test_comments_in_model_py_may_differ() -> None:
    result = run()
    text = result.directory.model.read_text()
    result.directory.model.write_text(f"# a remark\n{text}")
    assert open_run("tiny-1", compile_file).notes == ()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("run.json", "{}", "MTL0709"),
        ("features/fitted.json", "{", "MTL0709"),
        ("features/fitted.json", '{"columns": {}, "features": {}}', "MTL0709"),
        ("checkpoints/best.safetensors", "oops", "MTL0705"),
    ],
)
def test_a_damaged_file_of_a_run_is_named(name: str, content: str, expected: str) -> None:
    path = run().directory.path / name
    path.write_text(content)
    with pytest.raises(SpecError) as raised:
        open_run("tiny-1", compile_file)
    (error,) = raised.value.diagnostics
    assert (error.id, error.place()) == (expected, str(path))


@pytest.mark.usefixtures("here")
def test_weights_of_another_spec_are_refused() -> None:
    run()
    other = run(SPEC.replace("mlp(8)", "mlp(9)"))
    Path("runs/tiny-1/checkpoints/best.safetensors").write_bytes(other.directory.best.read_bytes())
    with pytest.raises(SpecError) as raised:
        open_run("runs/tiny-1", compile_file)
    assert raised.value.diagnostics[0].id == "MTL0707"


CLOSED = """mtl 1
features {
    age : numeric(normalize)
    job : category(dim: 4, values: ["job 0", "job 1", "job 2", "job 3"])
}
tasks { rich, wed : binary }
set job_s = values(job)
model picks {
    layer f[job_s] = features -> linear(3)
    head[task] = f[job]
}
train { batch : 32  epochs : 1 }
"""


@pytest.mark.usefixtures("here")
def test_rows_that_name_no_member_are_counted() -> None:
    request = TrainRequest(spec="tiny.mtl", data="train.parquet", valid="valid.parquet")
    result = train(request, compile_spec(CLOSED))
    lost = sum(job in ("job 4", "job 5") for job in table()["job"].to_pylist())
    (said,) = (w for w in result.warnings if w.id == "rows-without-member")
    assert said.headline().startswith(f"{lost} of 200 training rows")


MANY = """mtl 1
features { age : numeric(normalize) }
tasks { old[limit in 20..60] : binary(label: rich, where: age > limit)  wed : binary }
model many { head[task] = age -> linear(2) }
train { batch : 64  epochs : 1 }
"""


@pytest.mark.usefixtures("here")
def test_a_large_family_of_tasks_has_one_line_of_means() -> None:
    request = TrainRequest(spec="tiny.mtl", data="train.parquet", valid="valid.parquet")
    lines = describe(train(request, compile_spec(MANY)))
    assert "valid  mean of old[20..60]  AUC" in lines
    assert "\n       wed" in lines
