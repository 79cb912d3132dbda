"""What is read of mixes agrees with the oracles, compiled; also in training, with its noise."""

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.models.compiled import tensors
from tests.words.mixes import BATCH, EXPERTS, ROWS, X, assert_serves, filled, predictions
from tests.words.oracles import (
    Array,
    cv2,
    dselect,
    hard_concrete,
    importance,
    load_balance,
    noisy_top,
    sigmoid,
    softmax,
)

TASKS = ("click", "buy")
LABELS = {task: torch.zeros(ROWS, 1, dtype=torch.float64) for task in TASKS}
CONCRETE = {"beta": 0.9, "zeta": 1.2, "gamma": -0.2}
WRITTEN = "hard_concrete(beta: 0.9, zeta: 1.2, gamma: -0.2)"


def losses(
    body: str, head: str = "g[task]", seed: int | None = None
) -> tuple[dict[str, float], dict[str, Array]]:
    """The losses of a model that trains (with a seed) or serves, and its weights."""
    module, weights = filled(f"{EXPERTS}{body}\nhead[task] = {head}")
    if seed is not None:
        module.train()
        torch.manual_seed(seed)
    found: dict[str, Tensor] = module.loss(tensors(BATCH), LABELS)
    return {name: float(value.detach()) for name, value in found.items()}, weights


def scores_of(weights: dict[str, Array], task: str, name: str = "gate") -> Array:
    return X @ weights[f"g[{task}].{name}.weight"].T


# --- coefficients as values ----------------------------------------------------------------------


def test_mixing_is_what_a_gate_weighs_with():
    module, weights = filled(f"""
        {EXPERTS}
        gate g[task] = e, s by features
        head[task] = mixing(g[task])
    """)
    for task in TASKS:
        assert_serves(module, weights, task, softmax.coefficients(scores_of(weights, task)))


def test_mixing_of_a_stitch_is_the_same_in_all_rows():
    module, weights = filled(f"""
        {EXPERTS}
        stitch(sigmoid) g[task] = e, s
        let both[task] = concat(age, mixing(g[task]))
        head[task] = both[task]
    """)
    for task in TASKS:
        a = sigmoid.coefficients(weights[f"g[{task}].mixing"].T)
        expected = np.concatenate([BATCH["age"], np.repeat(a, ROWS, axis=0)], axis=1)
        assert_serves(module, weights, task, expected)


def test_who_reads_a_mix_changes_no_name_and_no_number():
    mix = "gate(noisy_top(2)) g[task] = e, s by features -> mlp(4)\nhead[task] = g[task]\n"
    plain, weights = filled(EXPERTS + mix)
    module, read = filled(f"""
        {EXPERTS}
        {mix}
        loss balanced[task] = cv2(importance(g[task])) + cv2(load(g[click]))
    """)
    assert weights.keys() == read.keys()
    expected = predictions(plain)
    for task, found in predictions(module).items():
        np.testing.assert_allclose(found, expected[task], atol=1e-12)


# --- how much candidates are used ----------------------------------------------------------------


def test_importance_and_its_variation():
    found, weights = losses("""
        gate g[task] = e, s by features
        loss balanced[task] = 0.5 * cv2(importance(g[task]))
    """)
    used = [importance.value(softmax.coefficients(scores_of(weights, task))) for task in TASKS]
    assert found["balanced"] == pytest.approx(0.5 * sum(map(cv2.value, used)), abs=1e-9)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_load_is_that_of_the_noise_in_the_mixture(k: int):
    body = f"gate(noisy_top({k})) g = e, s by features\nloss balanced = cv2(load(g))"
    found, weights = losses(body, head="g", seed=5)
    scores, noise = (X @ weights[f"g.{name}.weight"].T for name in ("gate", "noise"))
    torch.manual_seed(5)
    h = noisy_top.noisy(scores, noise, torch.randn(ROWS, 5, dtype=torch.float64).numpy())
    load = noisy_top.load(scores, noise, h, k=k)
    assert 0 < load.min() < load.max() < ROWS
    assert found["balanced"] == pytest.approx(cv2.value(load), abs=1e-9)


def test_all_rows_load_all_candidates_where_all_are_kept():
    body = "gate(noisy_top(5)) g = e, s by features\nloss balanced = cv2(load(g))"
    found, _ = losses(body, head="g", seed=5)
    assert found["balanced"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("router", ["top(1, renormalise: no)", "top(3, capacity: 0.5)"])
def test_load_balance_counts_first_choices_before_capacity(router: str):
    found, weights = losses(
        f"gate({router}) g[task] = e, s by features\nloss even[task] = 0.5 * load_balance(g[task])",
        seed=1,
    )
    expected = sum(load_balance.value(scores_of(weights, task)) for task in TASKS)
    assert found["even"] == pytest.approx(0.5 * expected, abs=1e-9)


def test_candidates_that_are_used_alike_are_in_balance():
    scores = 50 * np.eye(4)
    assert load_balance.value(scores) == pytest.approx(1)
    assert load_balance.value(50 * np.eye(4)[[0, 0, 0, 1]]) > 2


# --- sparse mixes --------------------------------------------------------------------------------


def test_l0_of_a_stitch_is_a_number_and_of_a_family_their_sum():
    found, weights = losses(f"""
        stitch({WRITTEN}) g[task] = e, s
        stitch({WRITTEN}, per: channel) h = e, s
        loss one    = l0(g[buy])
        loss sparse = 0.1 * (l0(g) + l0(h))
    """)
    by_task = {task: hard_concrete.l0(weights[f"g[{task}].mixing"], **CONCRETE) for task in TASKS}
    h = hard_concrete.l0(weights["h.mixing"], **CONCRETE)
    assert found["one"] == pytest.approx(by_task["buy"], abs=1e-9)
    assert found["sparse"] == pytest.approx(0.1 * (sum(by_task.values()) + h), abs=1e-9)


def test_l0_of_a_gate_is_the_mean_over_rows():
    found, weights = losses(f"""
        gate({WRITTEN}) g[task] = e, s by features
        loss sparse[task] = l0(g[task])
    """)
    expected = sum(hard_concrete.l0(scores_of(weights, task), **CONCRETE) for task in TASKS)
    assert found["sparse"] == pytest.approx(expected / ROWS, abs=1e-9)


@pytest.mark.parametrize("word", ["selector_entropy", "unreachable"])
def test_what_is_read_of_the_selectors_of_every_task(word: str):
    oracle = {"selector_entropy": dselect.entropy, "unreachable": dselect.unreachable}[word]
    static, weights = losses(f"""
        stitch(dselect(2, gamma: 9.0)) g[task] = e, s
        loss own[task] = {word}(g[task])
        loss all = {word}(g)
        loss one = {word}(g[click])
    """)
    given = {"k": 2, "n": 5, "gamma": 9.0}
    by_task = {task: oracle(weights[f"g[{task}].bits"][:, 0], **given) for task in TASKS}
    assert static["own"] == pytest.approx(sum(by_task.values()), abs=1e-9)
    assert static["all"] == pytest.approx(static["own"], abs=1e-12)
    assert static["one"] == pytest.approx(by_task["click"], abs=1e-9)


def test_selector_entropy_of_a_gate_is_the_mean_over_rows():
    found, weights = losses("""
        gate(dselect(2, gamma: 9.0)) g[task] = e, s by features
        loss own[task] = selector_entropy(g[task])
    """)
    rows = [
        dselect.entropy(row, k=2, n=5, gamma=9.0)
        for task in TASKS
        for row in scores_of(weights, task, "bits")
    ]
    assert found["own"] == pytest.approx(sum(rows) / ROWS, abs=1e-9)


@pytest.mark.parametrize("loss", ["selector_entropy", "unreachable"])
def test_a_loss_over_tasks_moves_the_selectors_of_each(loss: str):
    module, _ = filled(f"""
        {EXPERTS}
        stitch(dselect(2, gamma: 9.0)) g[task] = e, s
        head[task] = g[task]
        loss selective[task] = {loss}(g[task])
    """)
    module.loss(tensors(BATCH), LABELS)["selective"].backward()
    bits = next(p for name, p in module.named_parameters() if "bits" in name)
    assert bits.grad is not None
    assert bits.grad.flatten(1).any(dim=1).all(), "every task, not the last one alone"


def test_unreachable_codes_are_none_where_candidates_are_a_power_of_two():
    bits = np.random.default_rng(0).normal(size=4)
    assert dselect.unreachable(bits, k=2, n=4, gamma=1.0) == pytest.approx(2)
