"""Metrics by the values of a column in a run: what is written down is what the oracle says."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import mtlspec
from mtlspec.data import encode
from mtlspec.training import RunResult, describe
from tests.words.oracles import by_value

SPEC = """mtl 1
features { age : numeric(normalize)  seen : numeric }
tasks {
    click : binary(where: seen == 1, metrics: [auc(by: "the user"), auc])
    spend : regression(rows: share, metrics: [r2, rmse(by: shop)])
}
model m { layer h = features -> mlp(8)  head[task] = h }
train { batch : 64  epochs : 3  balance : dtp  %s }
"""


def table(seed: int, rows: int = 400) -> pa.Table:
    """Half of the users have one kind of label only; some shops are null."""
    rng = np.random.default_rng(seed)
    age, user = rng.normal(size=rows), rng.integers(0, 60, rows)
    shop = rng.integers(0, 4, rows)
    click = (age + user / 20 + rng.normal(size=rows) > 1.5) & (user % 2 == 0)
    return pa.table(
        {
            "age": age,
            "seen": (rng.random(rows) < 0.8).astype(int),
            "the user": user,
            "shop": pa.array([None if s == 0 else f"s{s}" for s in shop]),
            "share": rng.random(rows),
            "click": click.astype(int),
            "spend": age + shop,
        }
    )


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunResult:
    monkeypatch.chdir(tmp_path)
    pq.write_table(table(0), "train.parquet")
    pq.write_table(table(1), "valid.parquet")
    spec = mtlspec.Text("m.mtl", SPEC % 'select : click.auc(by: "the user")')
    return mtlspec.train(spec, data="train.parquet", valid="valid.parquet", out="run", threads=1)


def test_the_metrics_of_a_run_agree_with_the_oracle(result: RunResult) -> None:
    valid = table(1)
    run = mtlspec.open_run("run")
    batch, _ = encode(run.compiled.schema, run.fitted, valid).batch(slice(None))
    with torch.no_grad():
        outputs = {name: output.double() for name, output in run.module(batch).items()}
        served = {name: x.numpy() for name, x in run.module.serve(outputs).items()}
    seen = valid["seen"].to_numpy() == 1
    expected = {
        'click.auc(by: "the user")': by_value.mean(
            by_value.auc,
            served["click"][seen],
            valid["click"].to_numpy()[seen, None],
            valid["the user"].to_numpy()[seen].tolist(),
        ),
        "spend.rmse(by: shop)": by_value.mean(
            by_value.rmse,
            served["spend"],
            valid["spend"].to_numpy()[:, None],
            valid["shop"].to_pylist(),
        ),
    }
    assert result.best is not None
    for name, value in expected.items():
        assert result.best.metrics[name] == pytest.approx(value, rel=1e-6)
    lines = [json.loads(line) for line in Path("run/metrics.jsonl").read_text().splitlines()]
    assert lines[result.best.number - 1].items() >= dict(result.best.metrics).items()


def test_it_decides_which_epoch_is_kept_and_is_shown(result: RunResult) -> None:
    assert result.best is not None
    assert str(result.select) == 'click.auc(by: "the user")'
    scores = [epoch.metrics[str(result.select)] for epoch in result.epochs]
    assert result.best.score == max(score for score in scores if score is not None)
    shown = describe(result)
    assert 'by click.auc(by: "the user") = ' in shown
    assert "AUC by the user " in shown
    assert "RMSE by shop" in shown
