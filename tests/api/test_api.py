"""The public API, on one screen: load, compile, train, open_run."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import mtlspec

SPEC = mtlspec.Text(
    "small.mtl",
    """
    mtl 1
    features { age : numeric(normalize)   job : category(dim: 4) }
    tasks { clicked : binary   bought : binary }
    param width = 8
    model small {
        layer h = features -> mlp(width)
        head[task] = h
    }
    train { epochs : 1   batch : 32 }
    """,
)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    count = 200
    table = pa.table(
        {
            "age": [float(n % 50) for n in range(count)],
            "job": [["cook", "clerk", None][n % 3] for n in range(count)],
            "clicked": [n % 2 for n in range(count)],
            "bought": [int(n % 7 == 0) for n in range(count)],
        }
    )
    path = tmp_path / "rows.parquet"
    pq.write_table(table, path)
    return path


def test_a_sound_spec_is_loaded_without_a_word():
    spec = mtlspec.load(SPEC)
    assert spec.ok
    assert spec.diagnostics == ()


def test_a_wrong_spec_is_loaded_and_says_what_is_wrong():
    spec = mtlspec.load(mtlspec.Text("wrong.mtl", SPEC.text.replace("mlp", "mpl")))
    assert not spec.ok
    assert [d.id for d in spec.diagnostics] == ["MTL0201"]


def test_a_wrong_spec_does_not_compile():
    wrong = mtlspec.Text("wrong.mtl", SPEC.text.replace("mlp", "mpl"))
    with pytest.raises(mtlspec.SpecError, match="`mpl` is not an op"):
        mtlspec.load(wrong).compile()


def test_settings_change_what_is_compiled():
    module = mtlspec.compile(SPEC, set={"width": "3"}, sizes={"job": 4}).module()
    assert dict(module.named_parameters())["h.layers.0.weight"].shape[0] == 3


def test_a_run_is_trained_and_opened_again(rows: Path, tmp_path: Path):
    result = mtlspec.train(SPEC, data=rows, valid="0.2", out=tmp_path / "run", seed=1)
    assert result.best is not None
    run = mtlspec.open_run(tmp_path / "run")
    batch = {"age": torch.zeros(3, 2), "job": torch.tensor([0, 1, 2])}
    assert {name: out.shape for name, out in run.module(batch).items()} == {
        "clicked": (3, 1),
        "bought": (3, 1),
    }


def test_two_runs_with_one_seed_have_the_same_weights(rows: Path, tmp_path: Path):
    for name in ("a", "b"):
        mtlspec.train(SPEC, data=rows, out=tmp_path / name, seed=7)
    first, second = (mtlspec.open_run(tmp_path / name) for name in ("a", "b"))
    weights = first.compiled.weights(first.module)
    others = second.compiled.weights(second.module)
    assert all(torch.equal(weights[name], others[name]) for name in weights)
