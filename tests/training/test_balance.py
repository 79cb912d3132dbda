"""Balancing in a run: what is measured, shown and kept, and what is learned on the sample."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import mtlspec
from mtlspec.graph.sharing import weight_names
from mtlspec.resources import sample, specs
from mtlspec.training.checkpoint import load_checkpoint
from mtlspec.training.course import Course, Outcome, run_course
from mtlspec.training.evaluation import score_batch
from mtlspec.words.registry import find

from .standins import NAN, Linear, Recorder, course_of, directory_at, learner_of, rows, schema

ADAPTING = ("uncertainty", "dwa", "dtp")
"""The methods that need no shared layer, which the stand-in has none of."""


def balance(name: str, **options: object):
    return find("balance", name).bind(**options)


def run(path: Path, course: Course, name: str, **options: object) -> Outcome:
    names = tuple(course.train_rows.labels)
    learner = learner_of(Linear(*names), *names, balance=balance(name, **options))
    return run_course(course, learner, directory_at(path), Recorder())


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


def header(path: Path, which: str = "last"):
    return load_checkpoint(path / "checkpoints" / f"{which}.safetensors").header


# --- what is shown and kept ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ADAPTING)
def test_weights_that_change_are_in_the_metrics_file(tmp_path: Path, name: str) -> None:
    outcome = run(tmp_path / "run", course_of(rows(64, "a", "b"), rows(32, "a", "b")), name)
    for epoch, line in zip(outcome.epochs, lines(tmp_path / "run"), strict=True):
        assert line["a.weight"] == epoch.weights["a"]
        assert list(line).index("a.weight") < list(line).index("a.auc")


@pytest.mark.parametrize("name", ["equal", "static"])
def test_weights_that_never_change_are_not_repeated(tmp_path: Path, name: str) -> None:
    outcome = run(tmp_path / "run", course_of(rows(64, "a"), rows(32, "a")), name)
    assert outcome.epochs[0].weights == {}
    assert "a.weight" not in lines(tmp_path / "run")[0]


def test_the_weights_of_an_epoch_are_those_that_it_was_trained_with(tmp_path: Path) -> None:
    """What `dwa` finds at the end of an epoch is used in the next one."""
    course = course_of(rows(64, "a", "b"), rows(32, "a", "b"), epochs=3)
    outcome = run(tmp_path / "run", course, "dwa", temperature=0.01)
    weights = [dict(epoch.weights) for epoch in outcome.epochs]
    assert weights[0] == weights[1] == {"a": 1.0, "b": 1.0}
    assert weights[2] != weights[0]


@pytest.mark.parametrize("name", ADAPTING)
def test_checkpoints_keep_what_the_method_knows(tmp_path: Path, name: str) -> None:
    course = course_of(rows(64, "a", "b"), rows(32, "a", "b"), epochs=2)
    run(tmp_path / "run", course, name)
    kept = header(tmp_path / "run").balance
    fresh = learner_of(Linear("a", "b"), "a", "b", balance=balance(name)).weighing
    fresh.restore(kept)
    assert fresh.state() == kept
    assert kept != learner_of(Linear("a"), "a", balance=balance(name)).weighing.state()
    assert set(load_checkpoint(tmp_path / "run/checkpoints/last.safetensors").weights) == set(
        Linear("a", "b").state_dict()
    )


def test_a_checkpoint_of_an_earlier_version_has_no_such_state(tmp_path: Path) -> None:
    run(tmp_path / "run", course_of(rows(32, "a"), rows(32, "a"), epochs=1), "equal")
    assert header(tmp_path / "run").balance == {}


@pytest.mark.parametrize("name", [*ADAPTING, "gradnorm"])
def test_the_models_optimiser_moves_the_models_weights_and_nothing_else(name: str) -> None:
    """The defect of weights that descend on the objective: the easy task would be weighed up."""
    module = Linear("a", "b")
    learner = learner_of(module, "a", "b", balance=balance(name))
    moved = {id(p) for group in learner.optimizer.param_groups for p in group["params"]}
    assert moved == {id(parameter) for parameter in module.parameters()}


# --- missing labels ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ADAPTING)
def test_a_task_without_labels_in_some_batches_is_trained_all_the_same(
    tmp_path: Path, name: str
) -> None:
    data = rows(400, "a", "b")
    keep = torch.rand(400, 1, generator=torch.Generator().manual_seed(0)) < 0.05
    data = replace(data, labels={**data.labels, "b": torch.where(keep, data.labels["b"], NAN)})
    course = course_of(data, rows(100, "a", "b", seed=1), epochs=5)
    names = tuple(data.labels)
    adam = find("optimisers", "adam").bind(lr=0.02)
    learner = learner_of(Linear(*names), *names, balance=balance(name), optimizer=adam)
    outcome = run_course(course, learner, directory_at(tmp_path / "run"), Recorder())
    assert outcome.best.metrics["a.auc"] > 0.95
    assert outcome.best.metrics["b.auc"] > 0.8
    assert all(math.isfinite(w) for epoch in outcome.epochs for w in epoch.weights.values())


# --- what dtp measures ---------------------------------------------------------------------------


def test_a_batch_is_scored_by_the_main_metric_without_dropout() -> None:
    module = Linear("a", "b", dropout=0.9)
    with torch.no_grad():
        module.heads["a"].weight.copy_(torch.tensor([[5.0, 0, 0, 0]]))
        module.heads["b"].weight.copy_(torch.tensor([[-5.0, 0, 0, 0]]))
    data = rows(64, "a", "b")
    features, labels = data.batch(slice(0, 64))
    module.train()
    state = torch.get_rng_state()
    assert score_batch(module, features, labels, schema("a", "b").tasks) == {"a": 1.0, "b": 0.0}
    assert module.training
    assert torch.equal(torch.get_rng_state(), state)
    labels["b"] = torch.zeros(64, 1)  # one class alone: no pair can be ranked
    assert score_batch(module, features, labels, schema("a", "b").tasks) == {"a": 1.0}


@pytest.mark.parametrize(
    ("metric", "value", "share"),
    [("auc", 0.75, 0.75), ("auc", -0.2, 0.0), ("auc", 1.5, 1.0), ("logloss", 0.0, 1.0),
     ("logloss", math.log(2), 0.5)],
)  # fmt: skip
def test_a_metric_says_how_well_from_0_to_1(metric: str, value: float, share: float) -> None:
    assert find("metrics", metric).share(value) == pytest.approx(share)


# --- the compiled model --------------------------------------------------------------------------


def test_gradnorm_is_given_the_parameters_of_the_last_shared_layer() -> None:
    compiled = mtlspec.compile("mtl:mmoe.mtl", set={"train.balance": "gradnorm"})
    assert dict(compiled.last_shared) == {
        "e.layers.1.weight": tuple(range(8)),
        "e.layers.1.bias": tuple(range(8)),
    }


@pytest.mark.parametrize(
    ("spec", "tensor"),
    [
        ("hard_sharing", "shared.layers.1.weight"),
        ("asymmetric", "body.layers.1.weight"),
        ("customized", "ours.layers.1.weight"),
        ("omoe", "e.layers.1.weight"),
        ("ml_mmoe", "last.layers.0.weight"),
        ("cgc", "ours.layers.1.weight"),
        ("ple", "ours_2.layers.0.weight"),
        ("cross_stitch", "f_3.layers.0.weight"),
        ("sluice", "f_3.layers.0.weight"),
    ],
)
def test_every_shared_model_of_the_library_has_such_a_layer(spec: str, tensor: str) -> None:
    found = mtlspec.compile(f"mtl:{spec}.mtl", set={"train.balance": "gradnorm"}).last_shared
    assert tensor in found
    assert not any(name.startswith("columns") for name in found)


@pytest.mark.parametrize("path", sorted(specs().glob("*.mtl")), ids=lambda path: path.stem)
def test_the_graph_calls_weights_as_checkpoints_do(path: Path) -> None:
    compiled = mtlspec.compile(path)
    kept = {name for members in compiled.names.values() for name in members}
    assert {name for node in compiled.graph.built() for name in weight_names(node)} <= kept


def test_whatever_owns_weights_is_called_so() -> None:
    text = """
    features { age : numeric  job : category(4) }
    tasks { click, buy : binary }
    component pair(x, n = 4) { layer a = x -> linear(n)  layer b = a -> mlp(n)  return b }
    model m {
        block  b       = mlp(8)
        weight w       : f32[8, 8]
        layer  x       = features -> layer_norm -> linear(8)
        layer  p[task] = pair(matmul(x, w) -> b, n: 8)
        stitch s[task] = p
        expert e[2]    = embed(job) -> linear(8)
        gate   g[task] = e, s[task] by x
        head[task]     = g[task] -> b
    }
    """
    compiled = mtlspec.compile(mtlspec.Text("all.mtl", text))
    kept = {name for members in compiled.names.values() for name in members}
    named = {name for node in compiled.graph.built() for name in weight_names(node)}
    assert kept - named == {"job.weight"}  # the shared table, which no node owns
    assert named <= kept
    assert dict(compiled.last_shared) == {"b.weight": None, "b.bias": None}


# --- learning ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "method",
    ["static(marital: 0.5)", "uncertainty", "gradnorm", "dwa", "dtp"],
)
def test_both_tasks_of_the_bundled_sample_are_learned(tmp_path: Path, method: str) -> None:
    result = mtlspec.train(
        "mtl:mmoe.mtl",
        data=sample("census_16k_train.parquet"),
        valid=sample("census_4k_valid.parquet"),
        out=tmp_path / "run",
        set={"train.batch": "256", "train.epochs": "4", "train.balance": method},
        seed=0,
        threads=1,
    )
    assert result.best.metrics["income.auc"] >= 0.92
    assert result.best.metrics["marital.auc"] >= 0.985


UNLIKE = """
features { a, b, c : numeric(normalize) }
tasks { price : regression  click : binary }
model m { layer h = features -> mlp(6)  head[task] = h }
train { epochs : 20  patience : 20  batch : 128  optimizer : adam(lr: 1e-2) }
"""


def clicks(folder: Path, method: str) -> float:
    """How well clicks are predicted beside a price whose squared errors are in the hundreds."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(4000, 3))
    price = 10 * np.abs(x[:, 0]) * x[:, 1] + 3 * draw.normal(size=4000)
    click = np.abs(x[:, 2]) + 0.2 * draw.normal(size=4000) > 0.7
    columns = dict(zip("abc", x.T, strict=True)) | {"price": price, "click": click}
    pq.write_table(pa.table(columns), folder / "rows.parquet")
    result = mtlspec.train(
        mtlspec.Text("unlike.mtl", UNLIKE),
        data=folder / "rows.parquet",
        valid="0.2",
        out=folder / method,
        set={"train.balance": method},
        threads=1,
    )
    return result.epochs[-1].metrics["click.auc"]


@pytest.mark.slow
def test_a_small_loss_is_heard_beside_a_large_one(tmp_path: Path) -> None:
    found = {name: clicks(tmp_path, name) for name in ("equal", "uncertainty", "gradnorm", "dwa")}
    assert found["uncertainty"] > found["equal"] + 0.05
    assert found["gradnorm"] > found["equal"] + 0.05
    assert found["dwa"] < found["equal"] + 0.05  # it does not see size
