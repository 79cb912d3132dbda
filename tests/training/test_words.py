"""Metrics, optimisers and the plain balance."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn

from mtlspec.training.evaluation import build_metric
from mtlspec.training.schedule import rate_factor, warmup_steps
from mtlspec.words import registry
from mtlspec.words.balance import Goal
from mtlspec.words.metrics import BoundMetric, Judged
from mtlspec.words.metrics._by_value.run import Metric
from mtlspec.words.optimisers import OptimiserOptions
from mtlspec.words.optimisers.adam import AdamOptions

YES_OR_NO = Judged("yes or no", 1)

# --- metrics -------------------------------------------------------------------------------------


def metric_of(name: str, judged: Judged = YES_OR_NO) -> Metric:
    word = registry.find("metrics", name)
    assert word is not None
    return build_metric(BoundMetric.of(word.bind()), judged)


def pairs_won(scores: list[float], labels: list[int]) -> float:
    """The definition: the share of (positive, negative) pairs in the right order."""
    positive = [s for s, y in zip(scores, labels, strict=True) if y]
    negative = [s for s, y in zip(scores, labels, strict=True) if not y]
    won = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return won / (len(positive) * len(negative))


@settings(deadline=None)  # the first call imports torchmetrics
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 1)), min_size=2, max_size=40))
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, int]]) -> None:
    scores, labels = [s / 8 for s, _ in rows], [y for _, y in rows]
    auc = metric_of("auc")
    for score, label in zip(scores, labels, strict=True):
        auc.update(torch.tensor([[score]]), torch.tensor([[float(label)]]))
    value = auc.compute().item()
    if len(set(labels)) == 1:
        assert math.isnan(value)
    else:
        assert value == pytest.approx(pairs_won(scores, labels), abs=1e-6)


def test_logloss_is_the_mean_cross_entropy_over_all_batches() -> None:
    draw = np.random.default_rng(0)
    p, y = draw.uniform(0.01, 0.99, (50, 1)), draw.integers(0, 2, (50, 1)).astype(np.float32)
    metric = metric_of("logloss")
    for part in (slice(0, 7), slice(7, 8), slice(8, 50)):
        metric.update(torch.tensor(p[part]), torch.tensor(y[part]))
    expected = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert metric.compute().item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", sorted(registry.names("metrics")))
def test_a_metric_that_is_reset_has_forgotten_all_rows(name: str) -> None:
    word = registry.find("metrics", name)
    for answer in sorted(word.judges):
        used, fresh = (metric_of(name, Judged(answer, 3)) for _ in range(2))
        draw = torch.Generator().manual_seed(0)
        served = {"yes or no": 1, "number": 1, "pair": 4, "score": 1}.get(answer, 3)
        labels = {"labels": 3, "score": 2}.get(answer, 1)
        parts = [
            (
                torch.rand(40, served, generator=draw),
                torch.randint(2, (40, labels), generator=draw).float(),
            )
            for _ in range(2)
        ]
        used.update(*parts[0])
        used.compute()
        used.reset()
        for metric in (used, fresh):
            metric.update(*parts[1])
        assert used.compute() == fresh.compute()


def test_a_certain_and_wrong_probability_keeps_logloss_finite() -> None:
    metric = metric_of("logloss")
    metric.update(torch.tensor([[1.0]]), torch.tensor([[0.0]]))
    assert math.isfinite(metric.compute().item())


# --- optimisers ----------------------------------------------------------------------------------


def steps_of(build: object, count: int = 5) -> torch.Tensor:
    weight = nn.Parameter(torch.linspace(-1, 1, 6))
    optimizer = build([weight])  # type: ignore[operator]
    for _ in range(count):
        optimizer.zero_grad()
        (weight**2 * torch.arange(6.0)).sum().backward()
        optimizer.step()
    return weight.detach()


@pytest.mark.parametrize(
    ("name", "options", "plain"),
    [
        ("adam", {}, lambda p: torch.optim.Adam(p)),
        (
            "adam",
            {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1},
            lambda p: torch.optim.Adam(p, 0.1, (0.8, 0.9), 1e-4, 0.1),
        ),
        ("adamw", {}, lambda p: torch.optim.AdamW(p)),
        ("adamw", {"weight_decay": 0.5}, lambda p: torch.optim.AdamW(p, weight_decay=0.5)),
        ("sgd", {}, lambda p: torch.optim.SGD(p)),
        (
            "sgd",
            {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1},
            lambda p: torch.optim.SGD(p, 0.1, 0.9, weight_decay=0.1),
        ),
    ],
)
def test_an_optimiser_and_its_defaults_are_pytorchs(name, options, plain) -> None:
    word = registry.find("optimisers", name)
    bound = word.bind(**options)
    ours = steps_of(lambda p: word.part("run").build(p, bound.options))
    torch.testing.assert_close(ours, steps_of(plain), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("options", [{"lr": 0}, {"warmup": -0.1}, {"warmup": 2.5}, {"rate": 1}])
def test_options_outside_their_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        AdamOptions.model_validate(options)


def rates(steps: int, **options: object) -> list[float]:
    factor = rate_factor(OptimiserOptions.model_validate(options), steps)
    return [factor(taken) for taken in range(steps)]


def test_without_a_schedule_the_rate_is_constant() -> None:
    assert rates(4) == [1.0] * 4


def test_the_rate_warms_up_linearly_over_a_share_or_a_number_of_steps() -> None:
    assert rates(8, warmup=0.5) == rates(8, warmup=4) == [0.25, 0.5, 0.75, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_a_schedule_falls_from_the_full_rate_towards_zero(schedule: str) -> None:
    course = rates(100, warmup=10, schedule=schedule)
    assert course[9] == course[10] == 1.0
    assert all(later < earlier for earlier, later in pairwise(course[10:]))
    assert 0 < course[-1] < 0.02
    assert course[55] == pytest.approx(0.5)


def test_warmup_is_never_longer_than_training() -> None:
    assert warmup_steps(OptimiserOptions(warmup=500), steps=20) == 20


# --- balance -------------------------------------------------------------------------------------


def weighing(**weights: float):
    word = registry.find("balance", "equal")
    goals = {name: Goal(weight, "categorical") for name, weight in weights.items()}
    return word.part("run").Weighing(word.bind().options, goals, ())


def test_equal_adds_the_losses_each_by_its_tasks_own_weight() -> None:
    w = nn.Parameter(torch.tensor(2.0))
    objective = weighing(a=1.0, b=0.5).backward({"a": w * 3, "b": w * 4, "penalty": w}, "ab")
    assert objective.item() == 2 * (3 + 2 + 1)
    assert w.grad.item() == 3 + 2 + 1


def test_losses_that_no_weight_reaches_leave_no_gradient() -> None:
    objective = weighing(a=1.0).backward({"a": torch.tensor(0.0)}, ())
    assert objective.item() == 0.0
