"""How weights are learned: `frozen:`, `lr:` and `init:` of any op that owns some."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from torch import Tensor

import mtlspec
from mtlspec.training.loop import build_learner
from mtlspec.words import registry
from mtlspec.words.train import Train

SCHEMA = """
mtl 1
features { age, wage : numeric   city : category(dim: 4) }
tasks { click, buy : binary }
"""
BATCH = {
    "age": torch.randn(8, 2, generator=torch.Generator().manual_seed(1)),
    "wage": torch.randn(8, 2, generator=torch.Generator().manual_seed(2)),
    "city": torch.arange(8) % 5,
}
LABELS = {task: (BATCH["age"][:, :1] > 0).float() for task in ("click", "buy")}


def compiled(body: str, before: str = ""):
    text = mtlspec.Text("owning.mtl", f"{SCHEMA}{before}model m {{\n{body}\n}}\n")
    return mtlspec.compile(text, sizes={"city": 5})


def after_a_step(
    body: str, declared: str = ""
) -> tuple[Mapping[str, Tensor], Mapping[str, Tensor]]:
    """The weights by logical name before and after one step."""
    found = compiled(body, declared)
    module = found.module(seed=0)
    before = {name: weight.clone() for name, weight in found.weights(module).items()}
    word = registry.find("optimisers", "sgd")
    assert word is not None
    train = Train.model_validate({"optimizer": word.bind(lr=0.1)})
    learner = build_learner(module, train, found.schema.tasks, 1, found.rates)
    learner.step(BATCH, LABELS, ("click", "buy"))
    return before, found.weights(module)


OPS = {
    "linear(4, {})": {"0.weight", "0.bias"},
    "mlp(4, 3, {})": {"0.weight", "0.bias", "1.weight", "1.bias"},
    "dense(4, norm: layer_norm, {})": {"0.weight", "0.bias", "1.weight", "1.bias"},
    "batch_norm({})": {"0.weight", "0.bias"},
    "dice({})": {"1.alpha"},
    "cross({})": {"0.weight", "0.bias", "1.weight", "1.bias"},
    "low_rank(4, 2, {})": {"0.weight", "1.weight", "1.bias"},
}


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("members", ["", "[2]"])
def test_frozen_weights_stay_and_others_move(op: str, members: str):
    lead = "h[2]" if members else "h"
    body = (
        f"layer h{members} = features -> {op.format('frozen: yes')} -> linear(3)\nhead[task] = {{}}"
    )
    before, after = after_a_step(body.format("concat(h)"))
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    owned = {f"{lead}.{name}" for name in OPS[op]}
    assert owned <= set(before)
    assert not moved & owned
    assert "head[click].out.weight" in moved


def test_frozen_tables_stay():
    before, after = after_a_step("layer h[task] = embed(city, frozen: yes)\nhead[task] = h[task]")
    assert torch.equal(before["h[buy].0.city.weight"], after["h[buy].0.city.weight"])


def test_the_correction_of_a_fixed_layer_is_learned_alone():
    body = "layer h = features -> lora(4, 2, 4)\nhead[task] = h"
    before, after = after_a_step(body)
    moved = {n for n in before if n.startswith("h.") and not torch.equal(before[n], after[n])}
    assert moved == {"h.2.weight"}  # A moves from the second step on: B begins as 0
    assert (before["h.2.weight"] == 0).all()


@pytest.mark.parametrize("op", OPS)
def test_a_factor_on_the_learning_rate_is_one_on_the_step(op: str):
    body = "layer h = features -> {}\nhead[task] = h"
    before, plain = after_a_step(body.format(op.format("lr: 1")))
    _, fast = after_a_step(body.format(op.format("lr: 3")))
    for name in (f"h.{own}" for own in OPS[op]):
        torch.testing.assert_close(fast[name] - before[name], 3 * (plain[name] - before[name]))


def test_factors_of_a_part_and_of_the_whole_are_multiplied():
    found = compiled("layer h = features -> lora(4, 2, 4, lr: 5)\nhead[task] = h")
    assert found.rates == {
        f"h.layers.{n}": 5.0 for n in ("0.weight", "0.bias", "1.weight", "2.weight")
    }


COMPONENTS = """
component tower(x, n = 4) {
    expert e[2] = x -> linear(n, lr: 2) -> layer_norm
    gate g = e by x
    weight w : f32[n]  = ones
    layer y = g * w -> dense(n, act: dice)
    return y
}
component outer(x) { layer h = tower(x, lr: 3)  layer z = h -> linear(2)  return z }
"""


def test_all_that_a_component_owns_is_frozen_with_its_call():
    body = "layer h[task] = tower(features, n: 3, frozen: yes)\nhead[task] = h[task]"
    before, after = after_a_step(body, COMPONENTS)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert not [name for name in moved if name.startswith("h[")]
    assert {"head[click].out.weight", "city.weight"} <= moved  # the schema's table is not its own


def test_factors_of_calls_and_of_ops_are_multiplied():
    found = compiled("layer h = outer(features, lr: 5)\nhead[task] = h", COMPONENTS)
    own = {name: attribute for attribute, names in found.names.items() for name in names}
    assert found.rates[own["h.h.e[1].0.weight"]] == 5 * 3 * 2
    for name in ("h.h.e[1].1.weight", "h.h.g.gate.weight", "h.h.w.weight", "h.h.y.2.alpha"):
        assert found.rates[own[name]] == 5 * 3
    assert found.rates[own["h.z.0.weight"]] == 5
    assert own["head[click].out.weight"] not in found.rates


# --- initialisers --------------------------------------------------------------------------------


def begun(initialiser: str, body: str = "linear(3, init: {})", seed: int = 0) -> np.ndarray:
    found = compiled(f"layer h[2] = age -> {body.format(initialiser)}\nhead[task] = concat(h)")
    weights = found.weights(found.module(seed=seed))
    return np.stack([weights[f"h[{i}].0.weight"].numpy() for i in (1, 2)])


def test_constant_initialisers():
    assert (begun("zeros") == 0).all()
    assert (begun("ones") == 1).all()
    np.testing.assert_array_equal(begun("identity"), [np.eye(3, 2)] * 2)


@pytest.mark.parametrize(("n", "small"), [(8, "columns"), (2, "rows"), (1, "rows")])
def test_orthonormal_columns_or_rows(n: int, small: str):
    for w in begun("orthonormal", f"linear({n}, init: {{}})"):
        product = w.T @ w if small == "columns" else w @ w.T
        np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-6)


def test_signs_are_as_often_plus_as_minus():
    w = begun("signs", "linear(2000, init: {})")
    assert set(np.unique(w)) == {-1.0, 1.0}
    assert abs(w.mean()) < 4 / np.sqrt(w.size)


def test_xavier_counts_what_goes_in_and_out_of_one_member():
    w = begun("xavier", "linear(1000, init: {})")
    bound = np.sqrt(6 / (2 + 1000))
    assert np.abs(w).max() <= bound
    assert w.std() == pytest.approx(bound / np.sqrt(3), rel=0.05)


@pytest.mark.parametrize("initialiser", ["signs", "orthonormal", "xavier", "normal(1)"])
def test_members_and_seeds_are_drawn_apart(initialiser: str):
    first, second = begun(initialiser, "linear(9, init: {})")
    assert (first != second).any()
    again = begun(initialiser, "linear(9, init: {})")
    np.testing.assert_array_equal(again[0], first)
    assert (begun(initialiser, "linear(9, init: {})", seed=1)[0] != first).any()


def test_biases_and_norms_begin_as_ever():
    found = compiled(
        "layer h = features -> dense(4, norm: layer_norm, init: zeros)\nhead[task] = h"
    )
    weights = found.weights(found.module(seed=0))
    assert (weights["h.0.weight"] == 0).all()
    assert (weights["h.0.bias"] != 0).all()
    assert (weights["h.1.weight"] == 1).all()


@pytest.mark.parametrize("initialiser", ["signs", "orthonormal", "identity", "ones", "zeros"])
def test_the_file_alone_begins_by_the_same_law(initialiser: str):
    found = compiled(
        f"layer h[2] = age -> linear(2, init: {initialiser})\n"
        f"weight w[2] : f32[4, 4] = {initialiser}\n"
        "head[task] = concat(h)\nloss x = l2(w)"
    )
    module = found.module(seed=None)
    for w in (*module.get_parameter("h.layers.0.weight"), *module.get_parameter("w")):
        product = w.detach().numpy() @ w.detach().numpy().T
        if initialiser in ("orthonormal", "identity"):
            np.testing.assert_allclose(product, np.eye(len(w)), atol=1e-6)
        else:
            values = {"signs": {-1.0, 1.0}, "ones": {1.0}, "zeros": {0.0}}[initialiser]
            assert {*np.unique(w.detach().numpy())} <= values
