"""Balancing methods over many steps agree with their oracles, and with what the papers promise."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from mtlspec.words.balance import Goal
from mtlspec.words.balance.equal.run import SharedPart
from tests.words.balancing import NAMES, Shared, losses_of, weighing
from tests.words.oracles import Array, dtp, dwa, gradnorm, static, uncertainty

NAN = math.nan
RNG = np.random.default_rng(0)


def with_gaps(values: Array, share: float = 0.3) -> Array:
    return np.where(RNG.random(values.shape) < share, NAN, values)


LOSSES = {
    "all labelled": RNG.lognormal(size=(40, 3)),
    "labels missing": with_gaps(RNG.lognormal(size=(40, 3))),
    "far apart": RNG.lognormal(size=(40, 3)) * np.array([1e-4, 1.0, 1e4]),
}
cases = pytest.mark.parametrize("losses", LOSSES.values(), ids=LOSSES)


# --- static --------------------------------------------------------------------------------------


def test_static_weighs_tasks_and_terms_by_name():
    method = weighing("static", weights={"a": 0.5, "c": 0.0, "apart": 0.01})
    values = {"a": 2.0, "b": 3.0, "c": 5.0, "apart@2": 7.0, "other": 11.0}
    losses = {name: torch.tensor(value, dtype=torch.float64) for name, value in values.items()}
    expected = static.objective(values, {"a": 0.5, "c": 0.0, "apart@2": 0.01})
    assert method.backward(losses, NAMES).item() == pytest.approx(expected, abs=1e-12)


def test_static_weighs_a_family_of_tasks_by_its_name_and_a_member_by_its_own():
    goals = {f"exam[{i}]": Goal(1.0, "categorical", "exam") for i in (1, 2)}
    method = weighing("static", goals, weights={"exam": 0.5, "exam[2]": 3.0})
    assert method.weights() == {"exam[1]": 0.5, "exam[2]": 3.0}


# --- uncertainty ---------------------------------------------------------------------------------


@cases
@pytest.mark.parametrize("kinds", [("categorical",) * 3, ("gaussian", "categorical", "gaussian")])
def test_uncertainty_agrees(losses: Array, kinds: tuple[str, ...]):
    goals = {name: Goal(1.0, kind) for name, kind in zip(NAMES, kinds, strict=True)}  # type: ignore[arg-type]
    squared = np.array([kind == "gaussian" for kind in kinds])
    expected = uncertainty.course(losses, squared, 0.05)
    method = weighing("uncertainty", goals, lr=0.05)
    for values, s in zip(losses, expected, strict=False):
        known = np.where(squared, 0.5, 1.0) * np.exp(-s)
        np.testing.assert_allclose(list(method.weights().values()), known, rtol=1e-6)
        objective = method.backward(*losses_of(values)).item()
        assert objective == pytest.approx(uncertainty.objective(values, s, squared), rel=1e-6)
    np.testing.assert_allclose(list(method.s.values().values()), expected[-1], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("kind", "best"), [("categorical", 2.0), ("gaussian", 1.0)])
def test_uncertainty_settles_at_the_factor_of_the_likelihood(kind: str, best: float):
    """σ² ends at L for a squared error, which is its variance, and at 2 L for a cross entropy."""
    method = weighing("uncertainty", {"a": Goal(1.0, kind)}, lr=0.1)  # type: ignore[arg-type]
    for _ in range(500):
        method.backward(*losses_of(np.array([0.3]), ("a",)))
    assert math.exp(method.s["a"]) == pytest.approx(0.3 * best, rel=1e-3)


def test_a_cross_entropy_is_not_weighed_as_a_squared_error():
    """The defect of libraries that halve every loss: a classification begins at 1, not at ½."""
    goals = {"click": Goal(1.0, "categorical"), "price": Goal(1.0, "gaussian")}
    assert weighing("uncertainty", goals).weights() == {"click": 1.0, "price": 0.5}


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_the_learned_noise_follows_the_scale_of_a_loss(scale: float):
    """s of a loss times c ends log c higher, so that what is left of the loss is the same."""
    method = weighing("uncertainty", lr=0.1)
    for _ in range(700):
        method.backward(*losses_of(np.array([0.3, 0.3 * scale, 1.0])))
    assert method.s["b"] - method.s["a"] == pytest.approx(math.log(scale), abs=0.02)


# --- gradnorm ------------------------------------------------------------------------------------


def steps_of_gradnorm(
    scales: Sequence[float], missing: Mapping[int, int], **options: float
) -> tuple[Array, Array, Array]:
    """Losses, norms and weights of 30 steps of training; in step k task missing[k] has no label."""
    module = Shared(scales, np.random.default_rng(1))
    goals = dict.fromkeys(NAMES[: len(scales)], Goal(1.0, "categorical"))
    method = weighing("gradnorm", goals, [SharedPart(module.w)], **options)
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-3)
    draw = np.random.default_rng(2)
    losses, norms, weights = [], [], [list(method.weights().values())]
    for number in range(30):
        x = draw.normal(size=(16, 5))
        optimizer.zero_grad()
        found = module(torch.tensor(x))
        present = [name for i, name in enumerate(found) if missing.get(number) != i]
        found = {name: loss if name in present else loss * 0 for name, loss in found.items()}
        losses.append([found[n].item() if n in present else NAN for n in found])
        norms.append([module.norm(x, i) for i in range(len(scales))])
        method.backward(found, present)
        optimizer.step()
        weights.append(list(method.weights().values()))
    return np.array(losses), np.array(norms), np.array(weights)


@pytest.mark.parametrize("alpha", [0.0, 0.12, 1.5])
@pytest.mark.parametrize("missing", [{}, {0: 1, 4: 0, 5: 0, 17: 2}], ids=["all", "gaps"])
def test_gradnorm_agrees(alpha: float, missing: dict[int, int]):
    losses, norms, weights = steps_of_gradnorm((1.0, 0.3, 4.0), missing, alpha=alpha, lr=0.02)
    expected = gradnorm.course(losses, norms, alpha, 0.02)
    np.testing.assert_allclose(weights, expected, rtol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 3.0, rtol=1e-12)


def test_gradnorm_pulls_the_weighed_gradients_of_unlike_losses_together():
    _, norms, weights = steps_of_gradnorm((1.0, 5.0), {}, alpha=0.0, lr=0.05)
    begin, end = norms[0] * weights[0], norms[-1] * weights[-1]
    assert max(end) / min(end) < 0.5 * max(begin) / min(begin)


def test_a_slow_task_is_aimed_higher_than_a_fast_one():
    """The defect of a target without r_i: there both tasks of equal norms would stay at 1."""
    module = nn.Linear(1, 1, bias=False).double()
    goals = dict.fromkeys("ab", Goal(1.0, "categorical"))
    method = weighing("gradnorm", goals, [SharedPart(module.weight)], alpha=1.5, lr=0.01)
    for fast in (1.0, 0.5, 0.25):
        out = module(torch.ones(1, 1).double())
        moved = (out - out.detach()).sum()  # value 0, gradient 1: the norms are equal
        method.backward({"a": moved + 1.0, "b": moved + fast}, "ab")
    weights = method.weights()
    assert weights["a"] > 1 > weights["b"]


def test_gradnorm_leaves_the_gradients_to_the_weighed_sum():
    """What it learns is its own: the model's gradient is that of Σ w L, and w is none of its."""
    module = Shared((1.0, 2.0, 3.0), np.random.default_rng(3))
    x = torch.tensor(RNG.normal(size=(8, 5)))
    method = weighing("gradnorm", shared=[SharedPart(module.w)])
    method.backward(module(x), NAMES)
    found = [parameter.grad.clone() for parameter in module.parameters()]
    module.zero_grad()
    torch.autograd.backward(sum(module(x).values()))
    for gradient, parameter in zip(found, module.parameters(), strict=True):
        torch.testing.assert_close(gradient, parameter.grad)


def test_only_the_shared_members_of_a_stack_are_measured():
    stack = nn.Parameter(torch.ones(3, 2, dtype=torch.float64))
    goals = dict.fromkeys("ab", Goal(1.0, "categorical"))
    losses = {"a": (stack[0] * 2).sum() + (stack[2] * 9).sum(), "b": (stack[0] * 2).sum()}
    method = weighing("gradnorm", goals, [SharedPart(stack, (0,))], alpha=0.0)
    method.backward(losses, "ab")  # at the first member both pull alike, at the third only one
    assert method.weights() == {"a": 1.0, "b": 1.0}


def test_a_gradient_that_is_not_finite_moves_no_weight():
    weight = nn.Parameter(torch.tensor(0.0))
    goals = dict.fromkeys("ab", Goal(1.0, "categorical"))
    method = weighing("gradnorm", goals, [SharedPart(weight)])
    method.backward({"a": weight.sqrt() + 1, "b": weight + 1}, "ab")
    assert method.weights() == {"a": 1.0, "b": 1.0}


# --- dwa -----------------------------------------------------------------------------------------


@cases
@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_dwa_agrees(losses: Array, temperature: float):
    means = losses[:6] if np.isnan(losses).any() else np.abs(losses[:6] / losses[0])
    method = weighing("dwa", temperature=temperature)
    for epoch in range(len(means)):
        known = {n: None if np.isnan(v) else v for n, v in zip(NAMES, means[epoch], strict=True)}
        method.end_epoch(known)
        expected = dwa.weights(means[: epoch + 1], temperature)
        np.testing.assert_allclose(list(method.weights().values()), expected, rtol=1e-9)


def test_dwa_weighs_all_tasks_alike_in_the_first_two_epochs():
    method = weighing("dwa")
    assert method.weights() == {"a": 1.0, "b": 1.0, "c": 1.0}
    method.end_epoch({"a": 9.0, "b": 1.0, "c": 0.1})
    assert method.weights() == pytest.approx({"a": 1.0, "b": 1.0, "c": 1.0})


scales = st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=3)


@given(scales)
def test_dwa_does_not_see_the_scale_of_a_loss(factors: list[float]):
    plain, scaled = weighing("dwa"), weighing("dwa")
    for means in RNG.lognormal(size=(4, 3)):
        plain.end_epoch(dict(zip(NAMES, means, strict=True)))
        scaled.end_epoch(dict(zip(NAMES, means * np.array(factors), strict=True)))
    assert scaled.weights() == pytest.approx(plain.weights())
    assert sum(plain.weights().values()) == pytest.approx(3)


def test_a_loss_of_zero_breaks_no_ratio():
    method = weighing("dwa")
    for means in ({"a": 0.0, "b": 1.0, "c": 1.0}, {"a": 0.0, "b": 1.0, "c": 1.0}) * 2:
        method.end_epoch(means)
    assert all(math.isfinite(weight) for weight in method.weights().values())


# --- dtp -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("normalize", [False, True])
def test_dtp_agrees(gamma: float, normalize: bool):
    measured = with_gaps(RNG.uniform(0.05, 1.0, size=(30, 3)))
    method = weighing("dtp", gamma=gamma, momentum=0.3, every=1, normalize=normalize)
    oracle = dtp.normalized if normalize else dtp.weights
    for number, values in enumerate(measured, start=1):
        assert method.wants_scores
        method.hear_scores({n: v for n, v in zip(NAMES, values, strict=True) if not np.isnan(v)})
        method.backward(*losses_of(np.ones(3)))
        expected = oracle(measured[:number], gamma, 0.3)
        np.testing.assert_allclose(list(method.weights().values()), expected, rtol=1e-9)


def test_normalized_weights_of_tasks_that_cannot_do_better_are_even():
    method = weighing("dtp", normalize=True)
    method.hear_scores({"a": 1.0, "b": 1.0})
    assert method.weights() == {"a": 1.0, "b": 1.0, "c": 1.0}


def test_dtp_asks_for_a_measure_at_the_first_and_each_nth_step():
    method = weighing("dtp", every=3)
    asked = []
    for _ in range(7):
        asked.append(method.wants_scores)
        method.backward(*losses_of(np.ones(3)))
    assert asked == [True, False, False, True, False, False, True]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 5))
def test_a_task_that_does_worse_weighs_at_least_as_much(p: float, q: float, gamma: float):
    method = weighing("dtp", gamma=gamma)
    method.hear_scores({"a": min(p, q), "b": max(p, q)})
    weights = method.weights()
    assert weights["a"] >= weights["b"] >= 0
    assert all(math.isfinite(weight) for weight in weights.values())


# --- worked out by hand --------------------------------------------------------------------------


def test_the_oracles_give_what_a_pencil_gives():
    parts = math.exp(0.25), math.exp(0.45)  # ratios of .5 and .9 at temperature 2
    expected = [2 * part / sum(parts) for part in parts]
    np.testing.assert_allclose(dwa.weights(np.array([[4.0, 1.0], [2.0, 0.9]]), 2.0), expected)

    np.testing.assert_allclose(dtp.weights(np.array([[0.5, NAN]]), 1.0, 0.1), [math.log(2) / 2, 1])

    both = np.array([2.0, 2.0])
    s = uncertainty.course(both[None], np.array([False, True]), 0.1)
    assert uncertainty.objective(both, s[0], np.array([False, True])) == 2 + 1
    # slopes of ½ - 2 and ½ - 1: Adam's first step is its whole rate, against them
    np.testing.assert_allclose(s[1], [0.1, 0.1], rtol=1e-6)

    # norms of 3 and 1 aim at 2 and 2; with the second loss at half of what it was, at 8/3 and 4/3
    aims = gradnorm.target(np.ones(2), np.array([3.0, 1.0]), both, np.array([2.0, 4.0]), 1.0)
    np.testing.assert_allclose(aims, [8 / 3, 4 / 3])
    w = gradnorm.course(both[None], np.array([[3.0, 1.0]]), 1.0, 0.1)
    np.testing.assert_allclose(w[1], [0.9, 1.1], rtol=1e-6)


# --- the way in which authors write them: by automatic differentiation ----------------------------


def test_uncertainty_is_what_descending_on_the_objective_gives():
    kinds = ("gaussian", "categorical", "categorical")
    goals = {name: Goal(1.0, kind) for name, kind in zip(NAMES, kinds, strict=True)}  # type: ignore[arg-type]
    method = weighing("uncertainty", goals, lr=0.05)
    s = nn.Parameter(torch.zeros(3, dtype=torch.float64))
    adam = torch.optim.Adam([s], lr=0.05)
    for values in LOSSES["all labelled"]:
        method.backward(*losses_of(values))
        adam.zero_grad()
        factors = torch.tensor([0.5, 1.0, 1.0], dtype=torch.float64)
        torch.autograd.backward((factors * torch.exp(-s) * torch.tensor(values) + s / 2).sum())
        adam.step()
    np.testing.assert_allclose(list(method.s.values().values()), s.detach().numpy(), rtol=1e-9)


def test_gradnorm_is_what_descending_on_the_distance_of_the_norms_gives():
    module, draw = Shared((1.0, 0.3, 4.0), np.random.default_rng(1)), np.random.default_rng(2)
    method = weighing("gradnorm", shared=[SharedPart(module.w)], alpha=0.5, lr=0.02)
    w, first = nn.Parameter(torch.ones(3, dtype=torch.float64)), None
    adam = torch.optim.Adam([w], lr=0.02)
    for _ in range(20):
        x = torch.tensor(draw.normal(size=(16, 5)))
        losses = torch.stack(list(module(x).values()))
        first = losses.detach() if first is None else first
        norms = torch.stack([
            torch.autograd.grad(w[i] * losses[i], module.w, create_graph=True)[0].norm()
            for i in range(3)
        ])  # fmt: skip
        rates = losses.detach() / first
        aims = norms.detach().mean() * (rates / rates.mean()) ** 0.5
        (w.grad,) = torch.autograd.grad((norms - aims).abs().sum(), [w])
        adam.step()
        w.data *= 3 / w.data.sum()
        method.backward(module(x), NAMES)
        np.testing.assert_allclose(list(method.weights().values()), w.detach().numpy(), rtol=1e-9)
        with torch.no_grad():  # the model moves on
            module.w -= 1e-3 * torch.tensor(draw.normal(size=(4, 3)))
