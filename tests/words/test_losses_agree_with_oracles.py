"""Losses agree with their oracles, each a term of a small model that is compiled."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import (
    Array,
    cos,
    kl,
    l1,
    l2,
    l21,
    laplacian,
    linear,
    mean_constraint,
    part,
    softmax,
    trace_norm,
)

SCHEMA = """
mtl 1
features { age, wage : numeric }
tasks { click, buy, cart : binary }
"""
TASKS = ("click", "buy", "cart")
BATCH = {"age": randomly.numbers(9, 2, seed=1), "wage": randomly.numbers(9, 2, seed=2)}


class Case:
    """A model in float64 with random weights, and the matrices [in, out] that its layers own."""

    def __init__(self, body: str) -> None:
        text = mtlspec.Text("loss.mtl", f"{SCHEMA}model m {{\n{body}\nhead[task] = features\n}}\n")
        self.compiled = mtlspec.compile(text)
        self.module = self.compiled.module(seed=0).double()
        shapes = {n: tuple(w.shape) for n, w in self.compiled.weights(self.module).items()}
        self.weights = randomly.weights(shapes, seed=3)
        values = {name: torch.from_numpy(w) for name, w in self.weights.items()}
        with torch.no_grad():
            self.compiled.set_weights(self.module, values)

    def matrix(self, name: str) -> Array:
        return self.weights[f"{name}.weight"].T

    def losses(self) -> dict[str, float]:
        batch = {name: torch.from_numpy(column) for name, column in BATCH.items()}
        labels = {task: torch.zeros(9, 1, dtype=torch.float64) for task in TASKS}
        return {name: loss.item() for name, loss in self.module.loss(batch, labels).items()}

    def after(self, rate: float) -> dict[str, Array]:
        """The matrices after the proximal steps."""
        self.module.prox(rate)
        found = self.compiled.weights(self.module)
        return {n.removesuffix(".weight"): w.numpy().T.copy() for n, w in found.items()}


LAYERS = """
    layer h[task] = features -> linear(5)
    layer deep[task] = features -> mlp(6, 3)
    layer wide = features -> linear(7)
"""
CHAIN = [(1, 2, 1.0), (2, 3, 1.0)]
PENALTIES: dict[str, Callable[..., float]] = {
    "l1": l1.value,
    "l2": l2.value,
    "l21": l21.value,
    "trace_norm": trace_norm.value,
    "mean_constraint": mean_constraint.value,
    "mean_constraint, squared: no": lambda *w: mean_constraint.value(*w, squared=False),
    "laplacian, edges: chain": lambda *w: laplacian.value(*w, edges=CHAIN),
    "laplacian, edges: [[1, 3, 0.5], [2, 1]]": lambda *w: laplacian.value(
        *w, edges=[(1, 3, 0.5), (2, 1, 1.0)]
    ),
}


def called(penalty: str, *arguments: str) -> str:
    name, _, options = penalty.partition(", ")
    return f"{name}({', '.join([*arguments, *([options] if options else [])])})"


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_of_a_family_agrees(penalty: str):
    case = Case(f"{LAYERS}loss x = 0.5 * {called(penalty, 'weights(h)')}")
    expected = PENALTIES[penalty](*(case.matrix(f"h[{task}].0") for task in TASKS))
    assert case.losses()["x"] == pytest.approx(0.5 * expected, rel=1e-9)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_of_several_layers_is_added_up(penalty: str):
    case = Case(f"{LAYERS}loss x = {called(penalty, 'weights(deep)')}")
    expected = [
        PENALTIES[penalty](*(case.matrix(f"deep[{task}].{layer}") for task in TASKS))
        for layer in (0, 1)
    ]
    assert case.losses()["x"] == pytest.approx(expected[0] + expected[1], rel=1e-9)


@pytest.mark.parametrize("penalty", [p for p in PENALTIES if "laplacian" not in p])
def test_a_penalty_for_each_member_is_added_up(penalty: str):
    arguments = called(penalty, "weights(h[task])", "weights(h[!task])")
    case = Case(f"{LAYERS}loss x[task] = {arguments}")
    own = {task: case.matrix(f"h[{task}].0") for task in TASKS}
    others = {task: [own[t] for t in TASKS if t != task] for task in TASKS}
    expected = [PENALTIES[penalty](own[task], *others[task]) for task in TASKS]
    assert case.losses()["x"] == pytest.approx(sum(expected), rel=1e-9)


@pytest.mark.parametrize("penalty", ["l1", "l2", "l21", "trace_norm"])
def test_a_penalty_may_be_of_unlike_matrices(penalty: str):
    case = Case(f"{LAYERS}loss x = {called(penalty, 'weights(h[buy])', 'weights(wide)')}")
    expected = PENALTIES[penalty](case.matrix("h[buy].0"), case.matrix("wide.0"))
    assert case.losses()["x"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("layer", ["h", "deep"])
def test_weights_are_held_to_their_mean(layer: str):
    near = f"l2(weights({layer}[task]) - mean(weights({layer})))"
    alike = f"mean_constraint(weights({layer}))"
    found = Case(f"{LAYERS}loss near[task] = {near}\nloss alike = {alike}").losses()
    assert found["near"] == pytest.approx(found["alike"], rel=1e-9)


def test_a_learned_array_is_penalised_too():
    case = Case("weight w[task] : f32[4, 2, 3]\nloss x = l1(w)\nloss y[task] = l2(w[task])")
    arrays = [case.weights[f"w[{task}].weight"] for task in TASKS]
    found = case.losses()
    assert found["x"] == pytest.approx(l1.value(*arrays), rel=1e-9)
    assert found["y"] == pytest.approx(l2.value(*arrays), rel=1e-9)


def test_what_is_told_of_two_vectors_is_averaged_over_rows():
    case = Case(
        f"{LAYERS}loss x = kl(softmax(h[buy]), softmax(h[cart]))\n"
        "loss y[task] = 1 - cos(h[task], h[click])"
    )
    x = np.concatenate(list(BATCH.values()), axis=1)
    h = {task: linear.forward(part(case.weights, f"h[{task}]"), x, 5) for task in TASKS}
    found = case.losses()
    apart = kl.value(softmax.forward(h["buy"]), softmax.forward(h["cart"])).mean()
    assert found["x"] == pytest.approx(apart, rel=1e-9)
    turned = sum((1 - cos.value(h[task], h["click"])).mean() for task in TASKS)
    assert found["y"] == pytest.approx(turned, rel=1e-6)


# --- proximal steps ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("penalty", "oracle"), [("l1", l1), ("l21", l21), ("trace_norm", trace_norm)]
)
@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
def test_a_proximal_step_of_a_family_agrees(penalty: str, oracle, rate: float):
    case = Case(f"{LAYERS}loss x = 2 * {penalty}(weights(h), method: prox) / 4")
    joined = np.concatenate([case.matrix(f"h[{task}].0") for task in TASKS], axis=1)
    found = case.after(rate)
    after = np.concatenate([found[f"h[{task}].0"] for task in TASKS], axis=1)
    np.testing.assert_allclose(after, oracle.prox(joined, 0.5 * rate), atol=1e-9)


@pytest.mark.parametrize(
    ("penalty", "oracle"), [("l1", l1), ("l21", l21), ("trace_norm", trace_norm)]
)
def test_a_proximal_step_for_each_member_agrees(penalty: str, oracle):
    case = Case(f"{LAYERS}loss x[task] = {penalty}(weights(deep[task]), method: prox)")
    found = case.after(0.2)
    for name in (f"deep[{task}].{layer}" for task in TASKS for layer in (0, 1)):
        np.testing.assert_allclose(found[name], oracle.prox(case.matrix(name), 0.2), atol=1e-9)


def test_a_step_that_members_share_is_as_many_times_as_long():
    case = Case(f"{LAYERS}loss x[task] = 0.1 * l1(weights(wide), method: prox)")
    found = case.after(1.0)["wide.0"]
    np.testing.assert_allclose(found, l1.prox(case.matrix("wide.0"), 0.3), atol=1e-9)


def test_a_proximal_step_is_no_term_of_the_objective():
    assert set(Case(f"{LAYERS}loss x = l1(weights(wide), method: prox)").losses()) == set(TASKS)


def test_proximal_steps_reach_exact_zeros_and_ranks():
    case = Case(
        f"{LAYERS}loss x = l21(weights(h), method: prox)\n"
        "loss y = trace_norm(weights(wide), method: prox)"
    )
    joined = np.concatenate([case.matrix(f"h[{task}].0") for task in TASKS], axis=1)
    step = float(np.median(np.sqrt((joined**2).sum(axis=1))))
    found = case.after(step)
    after = np.concatenate([found[f"h[{task}].0"] for task in TASKS], axis=1)
    assert (after == 0).all(axis=1).sum() == 2
    singular = np.linalg.svd(case.matrix("wide.0"), compute_uv=False)
    assert np.linalg.matrix_rank(found["wide.0"], tol=1e-9) == (singular > step).sum()


# --- of blocks and arrays ------------------------------------------------------------------------


def test_the_weights_of_blocks_are_penalised():
    case = Case(
        "block same = linear(4)\nblock own[task] = mlp(5, 3)\n"
        "layer a[task] = features -> same -> own[task]\n"
        "loss x = l2(weights(same))\nloss y = l21(weights(own))\nloss z = l1(weights(own[buy]))"
    )
    found = case.losses()
    layers = {k: [case.matrix(f"own[{task}].{k}") for task in TASKS] for k in (0, 1)}
    assert found["x"] == pytest.approx(l2.value(case.matrix("same.0")), rel=1e-9)
    expected = sum(l21.value(*matrices) for matrices in layers.values())
    assert found["y"] == pytest.approx(expected, rel=1e-9)
    assert found["z"] == pytest.approx(sum(l1.value(m[1]) for m in layers.values()), rel=1e-9)


def test_the_weights_of_a_learned_matrix_are_itself():
    found = Case("weight w[task] : f32[4, 3]\nloss x = l21(weights(w)) - l21(w)").losses()
    assert found["x"] == 0
