"""Products with learned arrays agree with their oracles, for members and rows of every kind."""

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import Array, einsum, linear, matmul, part

SCHEMA = """
mtl 1
features { age, wage : numeric(piecewise(3)) }
tasks { click, like, buy : binary }
"""
TASKS = ("click", "like", "buy")
BATCH = {"age": randomly.numbers(20, 4, seed=1), "wage": randomly.numbers(20, 4, seed=2)}
FEATURES = np.concatenate(list(BATCH.values()), axis=1)


def logits(body: str) -> tuple[dict[str, Array], dict[str, Array]]:
    """The logits of a model in float64, and its (random) weights."""
    text = mtlspec.Text("product.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n")
    compiled = mtlspec.compile(text)
    module = compiled.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    compiled.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    with torch.no_grad():
        found = module({name: torch.from_numpy(column) for name, column in BATCH.items()})
    return {name: value.numpy() for name, value in found.items()}, weights


def out(weights: dict[str, Array], task: str, x: Array) -> Array:
    layer = part(weights, f"head[{task}].out")
    return linear.forward({f"0.{name}": value for name, value in layer.items()}, x, 1)


W = {"w": "w", "w[task]": "w[{task}]"}


@pytest.mark.parametrize("x", ["features", "h[task]"])
@pytest.mark.parametrize("w", W)
def test_a_product_with_a_matrix_agrees(x: str, w: str):
    found, weights = logits(
        "layer h[task] = features -> linear(8)\n"
        f"weight {w} : f32[8, 5]\n"
        f"let y[task] = matmul({x}, {w})\n"
        "head[task] = concat(y[task], h[task])"
    )
    for task in TASKS:
        h = linear.forward(part(weights, f"h[{task}]"), FEATURES, 8)
        matrix = weights[f"{W[w].format(task=task)}.weight"]
        y = matmul.forward(FEATURES if x == "features" else h, matrix)
        expected = out(weights, task, np.concatenate([y, h], axis=1))
        np.testing.assert_allclose(found[task], expected, atol=1e-9)


def test_a_vector_and_a_matrix_that_no_row_changes_make_a_vector_for_all_rows():
    found, weights = logits(
        "weight v[task] : f32[3] = normal(1.0)\n"
        "weight w[task] : f32[3, 8]\n"
        "let y[task] = features * matmul(v[task], w[task])\n"
        "head[task] = y[task]"
    )
    for task in TASKS:
        scale = matmul.forward(weights[f"v[{task}].weight"], weights[f"w[{task}].weight"])
        np.testing.assert_allclose(found[task], out(weights, task, FEATURES * scale), atol=1e-9)


def test_a_product_of_several_arrays_agrees():
    found, weights = logits(
        "weight core    : f32[3, 4, 2] = normal(1.0)\n"
        "weight left    : f32[8, 3]\n"
        "weight right   : f32[5, 4]\n"
        "weight u[task] : f32[2] = normal(1.0)\n"
        'let w[task] = einsum("abc, ia, jb, c -> ij", core, left, right, u[task])\n'
        'let y[task] = einsum("i, ij -> j", features, w[task])\n'
        "head[task] = y[task]"
    )
    own = [weights[f"{name}.weight"] for name in ("core", "left", "right")]
    for task in TASKS:
        w = einsum.forward("abc,ia,jb,c->ij", *own, weights[f"u[{task}].weight"])
        y = FEATURES @ w
        np.testing.assert_allclose(found[task], out(weights, task, y), atol=1e-9)


def test_a_stitch_may_mix_matrices():
    found, weights = logits(
        "weight base[4] : f32[8, 5]\n"
        "stitch w[task] = base\n"
        "let y[task] = matmul(features, w[task])\n"
        "head[task] = y[task]"
    )
    base = [weights[f"base[{i}].weight"] for i in (1, 2, 3, 4)]
    for task in TASKS:
        a = weights[f"w[{task}].mixing"][:, 0]
        w = sum(share * matrix for share, matrix in zip(a, base, strict=True))
        np.testing.assert_allclose(found[task], out(weights, task, FEATURES @ w), atol=1e-9)


def test_a_gate_whose_selector_no_row_changes_has_one_mixture_for_all_rows():
    found, weights = logits(
        "expert e[2] = features -> linear(6)\n"
        "weight v[task] : f32[3] = normal(1.0)\n"
        "gate g[task] = e by v[task]\n"
        "head[task] = g[task]"
    )
    e = [linear.forward(part(weights, f"e[{i}]"), FEATURES, 6) for i in (1, 2)]
    for task in TASKS:
        scores = weights[f"g[{task}].gate.weight"] @ weights[f"v[{task}].weight"]
        a = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(
            found[task], out(weights, task, a[0] * e[0] + a[1] * e[1]), atol=1e-9
        )
