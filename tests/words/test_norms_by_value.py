"""`batch_norm(by: c)`: rows normed apart by the value of a category."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

import mtlspec
from mtlspec.data import fit
from mtlspec.export import export
from tests.models import randomly
from tests.words.oracles import Array, batch_norm, concat, part

SCHEMA = """
mtl 1
features { x : vector(3)   c : category(values: [home, search, cart], dim: 2) }
tasks { click : binary }
"""
IDS = 2
"""Null and unknown come before the values."""


def compiled(body: str, before: str = ""):
    return mtlspec.compile(mtlspec.Text("by.mtl", f"{SCHEMA}{before}model m {{\n{body}\n}}\n"))


def rows_of(count: int, seed: int) -> tuple[Array, Array]:
    """Numbers, and places: -1 for null and unknown. The third value is seldom there."""
    rng = np.random.default_rng(seed)
    return rng.normal(1, 2, (count, 3)), rng.choice([-1, 0, 1, 2], count, p=[0.2, 0.4, 0.35, 0.05])


def batch_of(x: Array, place: Array, unknown: int = 0) -> dict[str, torch.Tensor]:
    ids = np.where(place < 0, unknown, place + IDS)
    return {"x": torch.from_numpy(x), "c": torch.from_numpy(ids)}


@pytest.mark.parametrize("members", ["", "[2]"])
@pytest.mark.parametrize("options", ["", ", affine: no, eps: 0.01"])
def test_each_value_has_statistics_a_scale_and_a_shift_of_its_own(members: str, options: str):
    found = compiled(f"layer h{members} = x -> batch_norm(by: c{options})\nhead[click] = concat(h)")
    module = found.module(seed=0).double()
    shapes = {name: tuple(w.shape) for name, w in found.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    found.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    names = [f"h[{i}]" for i in (1, 2)] if members else ["h"]
    running = {name: batch_norm.begin_by(3, 3) for name in names}
    eps = 0.01 if options else 1e-5
    for count, training in ((40, True), (9, True), (2, True), (1, True), (40, False), (1, False)):
        x, place = rows_of(count, seed=count)
        module.train(training)
        logits = module(batch_of(x, place, unknown=count % 2))["click"].detach().numpy()
        h = [
            batch_norm.forward_by(
                part(weights, name), x, place, running[name], training=training, eps=eps
            )
            for name in names
        ]
        w, b = weights["head[click].out.weight"], weights["head[click].out.bias"]
        np.testing.assert_allclose(logits, concat.forward(*h) @ w.T + b, atol=1e-9)


def test_a_value_without_rows_in_a_batch_leaves_its_statistics_alone():
    found = compiled("layer h = x -> batch_norm(by: c)\nhead[click] = h")
    module = found.module(seed=0).double()
    module.train()
    x, _ = rows_of(8, seed=1)
    module(batch_of(x, np.array([0, 0, 0, 2, -1, -1, 0, 0])))["click"].sum().backward()
    state = module.state_dict()
    mean, var = (state[f"h.layers.0.running_{name}"] for name in ("mean", "var"))
    for value in (1, 2):  # none, and one alone
        assert torch.equal(mean[value], torch.zeros(3).double())
        assert torch.equal(var[value], torch.ones(3).double())
    assert (mean[[0, 3]] != 0).all()
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_where_all_rows_have_one_value_it_is_a_batch_norm():
    by = compiled("layer h = x -> batch_norm(by: c)\nhead[click] = h").module(seed=0).double()
    plain = compiled("layer h = x -> batch_norm\nhead[click] = h").module(seed=0).double()
    x, place = rows_of(30, seed=2)
    for value in (1, -1):
        batch = batch_of(x, np.full_like(place, value))
        torch.testing.assert_close(by.train()(batch), plain.train()(batch))


EVERYWHERE = """
layer h[task] = x -> batch_norm(by: c)
block n = batch_norm(by: c)
layer i = x -> n
layer j = x -> linear(3) -> n
layer k = x -> mlp(4, 3, norm: batch_norm(by: c))
head[task] = concat(h[task], i, j, k, tower(x, c))
"""
TOWER = "component tower(x, c) { layer y = x -> dense(3, norm: batch_norm(by: c))  return y }\n"


def test_norms_by_a_value_serve_what_they_compute(tmp_path: Path) -> None:
    found = compiled(EVERYWHERE, TOWER)
    rng = np.random.default_rng(0)
    values = np.array(["home", "search", "cart", "else", None], dtype=object)
    x = rng.normal(size=(200, 3))
    table = pa.table({"x": x.tolist(), "c": values[rng.integers(0, 5, 200)].tolist()})
    fitted = fit(found.schema, table)
    module = found.module(0, fitted.sizes)
    module.train()
    for seed in range(20):
        numbers, place = rows_of(64, seed)
        module(batch_of(numbers.astype(np.float32), place))
    report = export(found, fitted, module.eval(), table, tmp_path / "by.onnx", provenance={})
    assert report.verification.difference <= 1e-5


NOT_KNOWN = {
    "by: city": "MTL0324",
    "by: y": "MTL0324",
    "by: many": "MTL0324",
    "by: h": "MTL0324",
    "by: 3": "MTL0324",
    "by: scenari": "MTL0201",
}


@pytest.mark.parametrize(("by", "code"), NOT_KNOWN.items())
def test_what_tells_no_rows_apart_is_refused(by: str, code: str):
    schema = SCHEMA.replace("c : ", "city : category  y : numeric  scenario : ").replace(
        "}\ntasks", " many : sequence(category(values: [a, b]), max: 3) }\ntasks"
    )
    body = f"layer h = x -> linear(3)\nlayer i = h -> batch_norm({by})\nhead[click] = i"
    text = mtlspec.Text("no.mtl", f"{schema}model m {{\n{body}\n}}\n")
    assert [found.id for found in mtlspec.load(text).diagnostics if found.severity == "error"] == [
        code
    ]
