"""Blocks: whatever flows through one meets the same weights, and trains them."""

import numpy as np
import pytest
import torch
from torch import Tensor

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import randomly
from tests.words.oracles import Array

SCHEMA = """
mtl 1
features { age, wage : numeric(piecewise(3)) }
tasks { click, like, buy : binary }
component two(x, n = 2) {
    expert e[n] = x -> linear(8)
    gate y = e by x
    return y
}
component halves(x, n = 3) {
    layer a = x -> linear(n)
    layer b = x -> linear(2)
    return a, b
}
"""
BATCH = {"age": randomly.numbers(20, 4, seed=1), "wage": randomly.numbers(20, 4, seed=2)}
FEATURES = np.concatenate(list(BATCH.values()), axis=1)


def compiled(body: str) -> Compiled:
    return mtlspec.compile(mtlspec.Text("b.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))


def values(body: str, given: dict[str, Array] | None = None) -> tuple[dict[str, Array], dict]:
    """The logits of a model, with weights that are drawn by name, or given."""
    model = compiled(body)
    module = model.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in model.weights(module).items()}
    weights = randomly.weights(shapes, seed=3) if given is None else given
    assert set(weights) == set(shapes)
    model.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    with torch.no_grad():
        found = module({name: torch.from_numpy(column) for name, column in BATCH.items()})
    return {name: value.numpy() for name, value in found.items()}, weights


def test_the_weights_of_a_block_outside_a_repeat_are_tied_over_its_iterations():
    found, weights = values(
        "block same = linear(8) -> tanh\n"
        "stream h = features\n"
        "repeat 3 { let h <- h -> same }\n"
        "head[task] = h"
    )
    assert {name for name in weights if not name.startswith("head")} == {
        "same.0.weight",
        "same.0.bias",
    }
    h = FEATURES
    for _ in range(3):
        h = np.tanh(h @ weights["same.0.weight"].T + weights["same.0.bias"])
    expected = h @ weights["head[buy].out.weight"].T + weights["head[buy].out.bias"]
    np.testing.assert_allclose(found["buy"], expected, atol=1e-9)


def test_a_block_inside_a_repeat_is_another_in_each_iteration():
    model = compiled(
        "stream h = features\n"
        "repeat 2 {\n block f = linear(8)\n let a = h -> f\n let h <- a -> f\n}\n"
        "head[task] = h"
    )
    names = {name for tensor in model.names.values() for name in tensor}
    assert {n for n in names if n.startswith("f")} == {
        "f@1.0.weight",
        "f@1.0.bias",
        "f@2.0.weight",
        "f@2.0.bias",
    }


PAIRS = {
    "in order": ("block b[task] = linear(4)\nlet y[task] = q[task] -> b[task]", "b[{t}]"),
    "the other way round": (
        """block b[task] = linear(4)
        let y[click] = q[click] -> b[buy]
        let y[like]  = q[like]  -> b[like]
        let y[buy]   = q[buy]   -> b[click]""",
        {"click": "b[buy]", "like": "b[like]", "buy": "b[click]"},
    ),
    "one for all": ("block b = linear(4)\nlet y[task] = q[task] -> b", "b"),
}


@pytest.mark.parametrize("way", PAIRS)
def test_each_member_runs_through_the_block_that_it_names(way: str):
    body, owner = PAIRS[way]
    found, weights = values(f"layer q[task] = features -> linear(8)\n{body}\nhead[task] = y[task]")
    for task in ("click", "like", "buy"):
        name = owner[task] if isinstance(owner, dict) else owner.format(t=task)
        q = FEATURES @ weights[f"q[{task}].0.weight"].T + weights[f"q[{task}].0.bias"]
        y = q @ weights[f"{name}.0.weight"].T + weights[f"{name}.0.bias"]
        out = y @ weights[f"head[{task}].out.weight"].T + weights[f"head[{task}].out.bias"]
        np.testing.assert_allclose(found[task], out, atol=1e-9)


USES = (
    "layer q[task] = features -> linear(8)\n{declared}head[task] = concat(y[task], z, w[task, 1])"
)
SHARED = """block moe = two(n: 3)
let y[task] = q[task] -> moe
let z = moe(features)
let w[task, 2] = q[task] + y[task] -> moe
"""
APART = """layer y[task] = q[task] -> two(n: 3)
layer z = two(features, n: 3)
layer w[task, 2] = q[task] + y[task] -> two(n: 3)
"""


def test_a_block_of_a_component_computes_what_its_copies_with_equal_weights_compute():
    shared, weights = values(USES.format(declared=SHARED))
    assert sorted(n for n in weights if n.startswith("moe")) == [
        "moe.e[1].0.bias",
        "moe.e[1].0.weight",
        "moe.e[2].0.bias",
        "moe.e[2].0.weight",
        "moe.e[3].0.bias",
        "moe.e[3].0.weight",
        "moe.y.gate.weight",
    ]
    apart = compiled(USES.format(declared=APART))
    copied = {}
    for names in apart.names.values():
        for name in names:
            inner = name.partition("z." if name[0] == "z" else "].")[2]
            copied[name] = weights[name if name in weights else f"moe.{inner}"]
    expected, _ = values(USES.format(declared=APART), copied)
    for task in shared:
        np.testing.assert_allclose(shared[task], expected[task], atol=1e-9)


def test_every_use_of_a_block_moves_its_weights():
    model = compiled(USES.format(declared=SHARED))
    module = model.module(seed=0)
    batch = {name: torch.from_numpy(column).float() for name, column in BATCH.items()}
    labels = {task: torch.ones(20, 1) for task in ("click", "like", "buy")}
    losses: dict[str, Tensor] = module.loss(batch, labels)
    torch.stack(list(losses.values())).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())


def test_several_results_of_a_block_come_from_the_same_weights_at_every_use():
    found, weights = values(
        "block both = halves(n: 4)\n"
        "let u, v = age -> both\n"
        "let x, y = both(wage)\n"
        "head[task] = concat(u, v, x, y)"
    )
    inner = {"both.a.0.weight", "both.a.0.bias", "both.b.0.weight", "both.b.0.bias"}
    assert {name for name in weights if not name.startswith("head")} == inner

    def through(column: str, layer: str) -> Array:
        kernel, bias = (weights[f"both.{layer}.0.{part}"] for part in ("weight", "bias"))
        return BATCH[column] @ kernel.T + bias

    read = [through(column, layer) for column in ("age", "wage") for layer in "ab"]
    kernel, bias = weights["head[buy].out.weight"], weights["head[buy].out.bias"]
    expected = np.concatenate(read, axis=1) @ kernel.T + bias
    np.testing.assert_allclose(found["buy"], expected, atol=1e-9)


def test_an_iteration_of_a_trace_is_what_a_stream_was_after_it():
    found, weights = values(
        "stream h = features\n"
        "repeat n in [5, 3] { layer h <- h -> linear(n) }\n"
        "head[click] = trace(h)[1]\n"
        "head[t in task[!click]] = concat(trace(h)[2..])"
    )
    first = FEATURES @ weights["h@1.0.weight"].T + weights["h@1.0.bias"]
    last = first @ weights["h@2.0.weight"].T + weights["h@2.0.bias"]
    for task, value in (("click", first), ("buy", last)):
        kernel, bias = weights[f"head[{task}].out.weight"], weights[f"head[{task}].out.bias"]
        np.testing.assert_allclose(found[task], value @ kernel.T + bias, atol=1e-9)
