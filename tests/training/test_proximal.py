"""Loss terms that are proximal steps follow the optimiser's."""

from collections.abc import Mapping
from types import ModuleType

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec.emit.compiled import Compiled
from mtlspec.training.loop import Learner, build_learner
from mtlspec.words import registry
from mtlspec.words.train import Train
from tests.words.oracles import l21, trace_norm

SPEC = """
mtl 1
features { age, wage : numeric }
tasks { click, buy : binary }
model sparse {
    layer h[task] = features -> linear(3)
    loss joint = STRENGTH * l21(weights(h), method: prox)
    head[task] = h[task]
}
"""


def batch_of(seed: int) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    draw = torch.Generator().manual_seed(seed)
    batch = {name: torch.randn(16, 2, generator=draw) for name in ("age", "wage")}
    labels = {task: (batch["age"][:, :1] > 0).float() for task in ("click", "buy")}
    return batch, labels


def learner_of(strength: float, name: str, **options: object) -> tuple[Compiled, Learner]:
    text = SPEC.replace("STRENGTH", str(strength))
    compiled = mtlspec.compile(mtlspec.Text("sparse.mtl", text))
    word = registry.find("optimisers", name)
    assert word is not None
    train = Train.model_validate({"optimizer": word.bind(**options)})
    tasks = compiled.schema.tasks
    return compiled, build_learner(compiled.module(seed=0), train, tasks, 50, compiled.rates)


def joined(compiled: Compiled, learner: Learner) -> np.ndarray:
    weights: Mapping[str, torch.Tensor] = compiled.weights(learner.module)
    return np.concatenate([weights[f"h[{t}].0.weight"].numpy().T for t in ("click", "buy")], axis=1)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_a_step_is_the_optimisers_and_then_the_proximal_one(name: str) -> None:
    options = {"lr": 0.05, "schedule": "linear"}
    plain = learner_of(1e-30, name, **options)
    sparse = learner_of(0.4, name, **options)
    for step in range(3):
        with torch.no_grad():
            plain[1].module.load_state_dict(sparse[1].module.state_dict())
        for _, learner in (plain, sparse):
            learner.step(*batch_of(step), ("click", "buy"))
        rate = 0.05 * (1 - step / 50)
        expected = l21.prox(joined(*plain), 0.4 * rate)
        np.testing.assert_allclose(joined(*sparse), expected, atol=1e-6)


def test_inputs_that_no_task_needs_are_dropped_exactly() -> None:
    compiled, learner = learner_of(1.0, "adam", lr=0.02)
    for step in range(50):
        learner.step(*batch_of(step), ("click", "buy"))
    rows = joined(compiled, learner)
    assert (rows[1:] == 0).all()
    assert (rows[0] != 0).any()


# --- what it ends in -----------------------------------------------------------------------------

LINEAR = """
mtl 1
features { x : vector(6) }
tasks { first, second, third, fourth : regression }
model linear {
    head[task] = x
    loss joint = 0.8 * PENALTY(weights(head), method: prox)
}
"""
TASKS = ("first", "second", "third", "fourth")
ROWS = 40


def related_tasks() -> tuple[np.ndarray, np.ndarray]:
    """Inputs [N, 6], the last of them of no use, and the labels [N, tasks] of mixed models."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(ROWS, 6)) * [1, 2, 1, 0.5, 1, 1]
    models = draw.normal(size=(6, 2)) @ draw.normal(size=(2, len(TASKS)))
    models[5] = 0
    return x, x @ models + 1 + 0.5 * draw.normal(size=(ROWS, len(TASKS)))


def minimum(oracle: ModuleType, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """argmin over W of Σ_t mean (y_t - x w_t - b_t)² + 0.8 · penalty(W), by proximal descent."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)  # what the biases do
    w = np.zeros((6, len(TASKS)))
    rate = ROWS / (2 * np.linalg.norm(x, 2) ** 2)
    for _ in range(2000):
        w = oracle.prox(w - rate * 2 * x.T @ (x @ w - y) / ROWS, 0.8 * rate)
    return w


def trained(penalty: str, momentum: float) -> np.ndarray:
    """The weights of all tasks after 400 steps on all rows, [6, tasks]."""
    x, y = related_tasks()
    compiled = mtlspec.compile(mtlspec.Text("linear.mtl", LINEAR.replace("PENALTY", penalty)))
    word = registry.find("optimisers", "sgd")
    assert word is not None
    train = Train.model_validate({"optimizer": word.bind(lr=0.08, momentum=momentum)})
    learner = build_learner(compiled.module(seed=0).double(), train, compiled.schema.tasks, 1)
    labels = {task: torch.tensor(y[:, [t]]) for t, task in enumerate(TASKS)}
    for _ in range(400):
        learner.step({"x": torch.tensor(x)}, labels, TASKS)
    weights = compiled.weights(learner.module)
    return np.concatenate([weights[f"head[{t}].out.weight"].numpy().T for t in TASKS], axis=1)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize(("penalty", "oracle"), [("l21", l21), ("trace_norm", trace_norm)])
def test_gradient_descent_ends_in_the_minimum(
    penalty: str, oracle: ModuleType, momentum: float
) -> None:
    expected = minimum(oracle, *related_tasks())
    np.testing.assert_allclose(trained(penalty, momentum), expected, atol=1e-6)
    assert np.linalg.matrix_rank(expected) < len(TASKS) or (expected[5] == 0).all()


LASSO = [
    [1.508973764, -0.978934473, 1.087736451, 0.126305278],
    [1.178076525, -0.789805096, 0.966238185, -0.300081238],
    [1.502645589, -1.351048383, 1.029033882, 1.375850820],
    [-1.912340483, 0.831730762, -2.210079557, 4.841785621],
    [0.599720987, -0.056740798, 0.712401798, -2.638025385],
    [0.0, 0.0, 0.0, 0.0],
]
"""What scikit-learn 1.9.1 gives: `MultiTaskLasso(alpha=0.4, tol=1e-14).fit(x, y).coef_.T` of
`related_tasks()`. Its squares are halved, so its 0.4 is the spec's 0.8."""


def test_the_minimum_is_that_of_scikit_learns_multi_task_lasso() -> None:
    np.testing.assert_allclose(trained("l21", momentum=0.9), LASSO, atol=1e-6)
