"""Routers that draw noise or read scores of their own agree with their oracles, compiled."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from tests.models.compiled import arrays, tensors
from tests.words.mixes import (
    BATCH,
    EXPERTS,
    ROWS,
    X,
    assert_serves,
    candidates,
    compiled,
    filled,
    served,
)
from tests.words.oracles import Array, dselect, gumbel, hard_concrete, noisy_top

TASKS = ("click", "buy")
CONCRETE = {"beta": 0.9, "zeta": 1.2, "gamma": -0.2}
WRITTEN = "hard_concrete(beta: 0.9, zeta: 1.2, gamma: -0.2)"


def gated(router: str) -> tuple[nn.Module, dict[str, Array], dict[str, Array]]:
    """A model with a gate over five experts, its weights, and its scores by task and name."""
    module, weights = filled(
        f"{EXPERTS}gate({router}) g[task] = e, s by features\nhead[task] = g[task]"
    )
    by_name = {name: X @ w.T for name, w in weights.items() if name.startswith("g[")}
    return module, weights, by_name


def stitched(router: str) -> tuple[nn.Module, dict[str, Array]]:
    return filled(f"{EXPERTS}stitch({router}) g[task] = e, s\nhead[task] = g[task]")


def assert_rows(module: nn.Module, weights: dict[str, Array], task: str, a: Array) -> None:
    """[B, n] coefficients serve as they should."""
    assert_serves(module, weights, task, np.einsum("bn,nbd->bd", a, candidates(weights)))


def in_training(module: nn.Module, seed: int = 5) -> dict[str, Array]:
    module.train()
    torch.manual_seed(seed)
    found = module(tensors(BATCH))
    module.eval()
    return arrays(found)


def drawn(
    shape: tuple[int, ...], fill: Callable[[torch.Tensor], torch.Tensor], seed: int = 5
) -> Array:
    torch.manual_seed(seed)
    return fill(torch.empty(shape, dtype=torch.float64)).numpy()


# --- gumbel --------------------------------------------------------------------------------------


def test_gumbel_serves_without_noise():
    module, weights, scores = gated("gumbel(0.5)")
    for task in TASKS:
        a = gumbel.coefficients(scores[f"g[{task}].gate.weight"], tau=0.5)
        assert_rows(module, weights, task, a)


def test_gumbel_trains_with_noise_for_each_row_and_task():
    module, weights, scores = gated("gumbel(0.5)")
    exponential = drawn((ROWS, 2, 5), lambda x: x.movedim(1, 0).exponential_())
    draws = np.exp(-exponential)  # Exp(1) is -log U(0, 1)
    found = in_training(module)
    for place, task in enumerate(TASKS):
        a = gumbel.coefficients(scores[f"g[{task}].gate.weight"], tau=0.5, draws=draws[place])
        expected = served(weights, task, np.einsum("bn,nbd->bd", a, candidates(weights)))
        np.testing.assert_allclose(found[task], expected, atol=1e-9)


# --- hard concrete -------------------------------------------------------------------------------


def test_hard_concrete_serves_without_noise():
    module, weights, scores = gated(WRITTEN)
    static, own = stitched(WRITTEN)
    for task in TASKS:
        a = hard_concrete.coefficients(scores[f"g[{task}].gate.weight"], **CONCRETE)
        assert_rows(module, weights, task, a)
        a = hard_concrete.coefficients(own[f"g[{task}].mixing"].T, **CONCRETE)
        assert_rows(static, own, task, np.repeat(a, ROWS, axis=0))


def test_hard_concrete_trains_with_noise_for_each_batch_in_a_stitch():
    module, weights = stitched(WRITTEN)
    draws = drawn((2, 5, 1), lambda x: x.uniform_(1e-6, 1 - 1e-6))
    found = in_training(module)
    for place, task in enumerate(TASKS):
        a = hard_concrete.coefficients(weights[f"g[{task}].mixing"], **CONCRETE, draws=draws[place])
        expected = served(weights, task, np.einsum("n,nbd->bd", a[:, 0], candidates(weights)))
        np.testing.assert_allclose(found[task], expected, atol=1e-9)


def test_the_noise_of_hard_concrete_is_drawn_anew_for_every_batch_and_not_learned():
    module, weights = stitched("hard_concrete")
    assert not np.allclose(in_training(module, 1)["buy"], in_training(module, 2)["buy"])
    assert {name for name in weights if name.startswith("g[")} == {
        "g[click].mixing",
        "g[buy].mixing",
    }
    assert not list(module.buffers())


# --- dselect -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "gamma"), [(1, 1.0), (2, 1.0), (3, 0.5)])
def test_dselect_agrees_for_each_row_in_a_gate(k: int, gamma: float):
    module, weights, scores = gated(f"dselect({k}, gamma: {gamma})")
    for task in TASKS:
        selectors, bits = (scores[f"g[{task}].{name}.weight"] for name in ("gate", "bits"))
        assert (selectors.shape[1], bits.shape[1]) == (k, 3 * k), "five candidates have three bits"
        a = dselect.coefficients(selectors, bits, n=5, gamma=gamma)
        assert (a.sum(axis=1) < 0.999).any(), "three of eight codes choose nothing"
        assert_rows(module, weights, task, a)


def test_dselect_agrees_alike_for_all_rows_in_a_stitch():
    module, weights = stitched("dselect(2)")
    for task in TASKS:
        selectors, bits = (weights[f"g[{task}].{name}"].T for name in ("mixing", "bits"))
        a = dselect.coefficients(selectors, bits, n=5, gamma=1.0)
        assert_rows(module, weights, task, np.repeat(a, ROWS, axis=0))


def test_dselect_begins_near_the_middle_of_every_bit():
    made = compiled(f"{EXPERTS}stitch(dselect(2, gamma: 0.5)) g[task] = e, s\nhead[task] = g[task]")
    weights = arrays(made.weights(made.module(seed=0)))
    assert 0.003 < np.abs(weights["g[buy].bits"]).max() <= 0.005
    a = dselect.coefficients(weights["g[buy].mixing"].T, weights["g[buy].bits"].T, n=5, gamma=0.5)
    np.testing.assert_allclose(a, 1 / 8, atol=0.01)


def test_a_selector_far_from_the_middle_chooses_one_candidate():
    bits = np.array([[9.0, -9.0, -9.0, -9.0, 9.0, 9.0]])  # 100 and 011 in two selectors
    a = dselect.coefficients(np.zeros((1, 2)), bits, n=5, gamma=1.0)
    np.testing.assert_array_equal(a, [[0, 0, 0, 0.5, 0.5]])


# --- noisy top -----------------------------------------------------------------------------------


def test_noisy_top_serves_without_noise():
    module, weights, scores = gated("noisy_top(2)")
    for task in TASKS:
        ours, noise = (scores[f"g[{task}].{name}.weight"] for name in ("gate", "noise"))
        assert_rows(module, weights, task, noisy_top.coefficients(ours, noise, k=2))


def test_noisy_top_trains_with_noise_of_learned_size():
    module, weights, scores = gated("noisy_top(2)")
    # the scores of both tasks are made as one [B, 2 · 5], and noise has their strides
    draws = drawn((ROWS, 2, 5), lambda x: x.movedim(1, 0).normal_())
    found = in_training(module)
    for place, task in enumerate(TASKS):
        ours, noise = (scores[f"g[{task}].{name}.weight"] for name in ("gate", "noise"))
        a = noisy_top.coefficients(ours, noise, k=2, draws=draws[place])
        expected = served(weights, task, np.einsum("bn,nbd->bd", a, candidates(weights)))
        np.testing.assert_allclose(found[task], expected, atol=1e-9)


def test_both_matrices_of_noisy_top_begin_with_zeros():
    made = compiled(f"{EXPERTS}gate(noisy_top(2)) g = e, s by features\nhead[task] = g")
    for module in (made.module(seed=0), made.module(seed=None)):
        weights = made.weights(module)
        assert not weights["g.gate.weight"].any()
        assert not weights["g.noise.weight"].any()


# --- every router that draws ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "by", ["features", "scores(q)"], ids=["scores of their own", "scores in common"]
)
@pytest.mark.parametrize("router", ["gumbel(1)", "hard_concrete"])
def test_members_draw_noise_of_their_own(router: str, by: str):
    made = compiled(f"""
        {EXPERTS}
        layer q = features -> linear(5)
        gate({router}) g[task] = e, s by {by}
        head[task] = concat(g[task], q)
    """)
    module = made.module(seed=0).double()
    weights = made.weights(module)
    for name, tensor in weights.items():
        tensor.copy_(weights[name.replace("[buy]", "[click]")])
    served = arrays(module.eval()(tensors(BATCH)))
    np.testing.assert_allclose(served["click"], served["buy"], atol=1e-12)
    found = in_training(module)
    assert not np.allclose(found["click"], found["buy"])


@pytest.mark.parametrize(
    "mix",
    [
        "gate(gumbel(1)) g[task] = e, s by features",
        "gate(dselect(2)) g[task] = e, s by features",
        "gate(hard_concrete) g[task] = e, s by features",
        "gate(noisy_top(2)) g[task] = e, s by features",
        "stitch(gumbel(1)) g[task] = e, s",
        "stitch(dselect(2)) g[task] = e, s",
        "stitch(hard_concrete) g[task] = e, s",
        "stitch(noisy_top(2)) g[task] = e, s",
    ],
)
def test_every_score_gets_a_gradient_in_training(mix: str):
    module, _ = filled(f"{EXPERTS}{mix}\nhead[task] = g[task]")
    module.train()
    sum(value.sum() for value in module(tensors(BATCH)).values()).backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all()
        assert parameter.grad.any() or not name.startswith("g."), name
