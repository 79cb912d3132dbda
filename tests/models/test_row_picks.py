"""Members that a column picks row by row: values, and weights without a matrix for each row."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

import mtlspec
from mtlspec.data import fit
from mtlspec.emit.compiled import Compiled
from mtlspec.export import export
from tests.words.oracles import Array, matmul, pick, relu

SCHEMA = """
mtl 1
features {
    age, wage : numeric
    scenario  : category(3, values: [home, search, cart])
}
tasks { click, buy : binary }
set domain = values(scenario)
"""
STAR = """
    stream h = features
    repeat width in [6, 5] {
        weight w            : f32[dim(h), width]
        weight w_of[domain] : f32[dim(h), width] = normal(1)
        weight b_of[domain] : f32[width] = normal(1)
        let h <- matmul(h, w * w_of[scenario]) + b_of[scenario] -> relu
    }
    head[task] = h
"""
IDS = [0, 1, 2, 3, 4, 4, 3, 0]
"""Null, unknown, then the three values."""
NAMED = [None, None, 0, 1, 2, 2, 1, None]


def compiled(body: str, before: str = "") -> Compiled:
    return mtlspec.compile(mtlspec.Text("m.mtl", f"{SCHEMA}{before}model m {{\n{body}\n}}\n"))


def batch() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    numbers = torch.randn(2, len(IDS), 2, generator=generator, dtype=torch.float64)
    return {"age": numbers[0], "wage": numbers[1], "scenario": torch.tensor(IDS)}


def run(body: str) -> tuple[dict[str, Array], dict[str, Array], Array]:
    """Logits, weights, and the features that the model read, in float64."""
    made = compiled(body)
    module = made.module(0).double()
    weights = {name: tensor.numpy() for name, tensor in made.weights(module).items()}
    given = batch()
    with torch.no_grad():
        logits = {task: value.numpy() for task, value in module(given).items()}
    city = weights["scenario.weight"][IDS]
    return logits, weights, np.concatenate([given["age"], given["wage"], city], axis=1)


def member(weights: dict[str, Array], name: str, x: Array) -> Array:
    return x @ weights[f"{name}.0.weight"].T + weights[f"{name}.0.bias"]


def head(weights: dict[str, Array], task: str, x: Array) -> Array:
    return x @ weights[f"head[{task}].out.weight"].T + weights[f"head[{task}].out.bias"]


def test_a_row_takes_the_member_that_its_value_names_and_the_mean_where_it_names_none():
    logits, weights, x = run("layer f[domain] = features -> linear(4)\nhead[task] = f[scenario]")
    members = [member(weights, f"f[{value}]", x) for value in ("home", "search", "cart")]
    for task, logit in logits.items():
        np.testing.assert_allclose(logit, head(weights, task, pick.forward(members, NAMED)))


def test_members_are_found_by_name_whatever_their_order_and_others_are_never_named():
    body = "layer f[other] = features -> linear(4)\nhead[task] = f[scenario]"
    made = compiled(body, before="set other = {cart, elsewhere, home}\n")
    module = made.module(0).double()
    weights = {name: tensor.numpy() for name, tensor in made.weights(module).items()}
    given = batch()
    x = torch.cat([given["age"], given["wage"]], dim=1).numpy()
    x = np.concatenate([x, weights["scenario.weight"][IDS]], axis=1)
    members = [member(weights, f"f[{value}]", x) for value in ("cart", "elsewhere", "home")]
    place = [None, None, 2, None, 0, 0, None, None]
    with torch.no_grad():
        logit = module(given)["buy"].numpy()
    np.testing.assert_allclose(logit, head(weights, "buy", pick.forward(members, place)))


def test_a_part_that_is_picked_keeps_its_other_indices():
    body = """
        layer e[task, domain, 2] = features -> linear(4)
        head[task] = concat(e[task, scenario], e[task, scenario, 2])
    """
    logits, weights, x = run(body)
    for task, logit in logits.items():
        picked = [
            pick.forward(
                [member(weights, f"e[{task}, {v}, {i}]", x) for v in ("home", "search", "cart")],
                NAMED,
            )
            for i in (1, 2)
        ]
        joined = np.concatenate([*picked, picked[1]], axis=1)
        np.testing.assert_allclose(logit, head(weights, task, joined))


def test_a_star_layer_is_that_of_the_paper():
    """Sheng et al., CIKM 2021, eq. 3 and 4, without its own biases: W* = W_p ⊗ W."""
    logits, weights, h = run(STAR)
    for level in (1, 2):
        w, values = weights[f"w@{level}.weight"], ("home", "search", "cart")
        of = [weights[f"w_of@{level}[{value}].weight"] for value in values]
        bias = [
            np.tile(weights[f"b_of@{level}[{value}].weight"], (len(IDS), 1)) for value in values
        ]
        matrices = [w * own for own in of]
        matrices.append(np.mean(matrices, axis=0))
        named = [3 if n is None else n for n in NAMED]
        rows = [matmul.forward(h[row], matrices[n]) for row, n in enumerate(named)]
        h = relu.forward(np.stack(rows) + pick.forward(bias, NAMED))
    for task, logit in logits.items():
        np.testing.assert_allclose(logit, head(weights, task, h), rtol=1e-10)


def test_no_row_gets_a_matrix_of_its_own():
    source = compiled(STAR).source
    assert "rows=False)  # [B, 6]" in source
    assert "# [B, 10, 6]" not in source
    assert "h_by_scenario_1 = features @" in source


@pytest.mark.parametrize(
    "expression",
    [
        "matmul(h -> relu, v[scenario])",
        "matmul(h, (v[scenario] + v[home]) / 2)",
        "matmul(h, 1 - v[scenario] * 2)",
        'einsum("a,ab->b", h, v[scenario])',
        "matmul(h, 1 / v[scenario])",
        "matmul(h -> linear(4), u[scenario])",
    ],
)
def test_a_product_with_picked_weights_is_that_with_each_rows_own(expression: str):
    body = f"""
        layer h = features -> linear(4)
        weight v[domain] : f32[4, 3] = normal(1)
        weight u[domain] : f32[4, 3] = normal(1)
        layer y = {expression}
        head[task] = y
    """
    made = compiled(body)
    module = made.module(0).double()
    given = batch()
    with torch.no_grad():
        whole = module(given)["click"]
    known = {"home": 2, "search": 3, "cart": 4}
    for value, row in known.items():
        own = compiled(body.replace("[scenario]", f"[{value}]"))
        alone = own.module(0).double()
        weights = {n: t for n, t in made.weights(module).items() if n in own.weights(alone)}
        with torch.no_grad():
            own.set_weights(alone, weights)
            rows = torch.tensor(IDS) == row
            torch.testing.assert_close(whole[rows], alone(given)["click"][rows])


def test_every_member_that_is_named_has_a_gradient():
    module = compiled(STAR).module(0).double().train()
    labels = {task: torch.ones(len(IDS), 1).double() for task in ("click", "buy")}
    sum(module.loss(batch(), labels).values()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


def test_it_is_served_as_it_is_trained(tmp_path: Path):
    random = np.random.default_rng(0)
    names = np.array(["home", "search", "cart", "elsewhere", None], dtype=object)
    columns = {"age": random.normal(size=200), "wage": random.normal(size=200)}
    table = pa.table({**columns, "scenario": names[random.integers(0, 5, 200)].tolist()})
    body = STAR.replace("head[task] = h", "layer f[domain] = h -> linear(3)")
    made = compiled(f"{body}\nhead[task] = concat(h, f[scenario])")
    fitted = fit(made.schema, table)
    report = export(made, fitted, made.module(0), table, tmp_path / "m.onnx", provenance={})
    assert report.verification.difference <= 1e-5
