"""What every way of balancing promises."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from mtlspec.words.balance import Goal
from mtlspec.words.balance.equal.run import SharedPart
from mtlspec.words.registry import names
from tests.words.balancing import NAMES, Shared, weighing

METHODS: dict[str, dict[str, object]] = {
    "equal": {},
    "static": {"weights": {"a": 0.5}},
    "uncertainty": {},
    "gradnorm": {},
    "dwa": {},
    "dtp": {},
}
every_method = pytest.mark.parametrize("name", METHODS)


def test_no_method_is_left_out():
    assert set(names("balance")) == set(METHODS)


def drive(method, module: Shared, steps: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    for number in range(steps):
        if method.wants_scores:
            method.hear_scores(dict(zip(NAMES, draw.uniform(0.1, 0.9, 3), strict=True)))
        module.zero_grad()
        losses = module(torch.tensor(draw.normal(size=(8, 5))))
        method.backward(losses, NAMES[number % 2 :])
        if number % 4 == 3:
            method.end_epoch(dict(zip(NAMES, draw.uniform(size=3), strict=True)))


@every_method
def test_what_is_restored_goes_on_as_if_never_stopped(name: str):
    module = Shared((1.0, 0.3, 4.0), np.random.default_rng(1))
    one = weighing(name, shared=[SharedPart(module.w)], **METHODS[name])
    drive(one, module, 10, seed=0)
    two = weighing(name, shared=[SharedPart(module.w)], **METHODS[name])
    two.restore(json.loads(json.dumps(one.state())))
    for method in (one, two):
        drive(method, module, 6, seed=1)
    assert one.weights() == two.weights()
    assert one.state() == two.state()


@every_method
def test_the_tasks_own_weight_is_multiplied_in_and_changes_nothing_else(name: str):
    module = Shared((1.0, 0.3, 4.0), np.random.default_rng(1))
    own = {"a": 1.0, "b": 10.0, "c": 0.1}
    goals = {task: Goal(weight, "categorical") for task, weight in own.items()}
    shared = [SharedPart(module.w)]
    plain = weighing(name, shared=shared, **METHODS[name])
    weighed = weighing(name, goals, shared, **METHODS[name])
    for method in (plain, weighed):
        drive(method, module, 9, seed=0)
    expected = {task: weight * own[task] for task, weight in plain.weights().items()}
    assert weighed.weights() == pytest.approx(expected)


@every_method
def test_a_task_without_a_label_does_not_move_its_own_weight(name: str):
    module = Shared((1.0, 0.3, 4.0), np.random.default_rng(1))
    method = weighing(name, shared=[SharedPart(module.w)], **METHODS[name])
    drive(method, module, 7, seed=0)
    before = method.weights()["a"]
    losses = module(torch.ones(4, 5, dtype=torch.float64))
    for _ in range(3):
        method.backward({name: loss + 0 for name, loss in losses.items()} | {"a": losses["a"] * 0},
                        ("b", "c"))  # fmt: skip
        losses = module(torch.ones(4, 5, dtype=torch.float64))
    assert method.weights()["a"] == before


@every_method
def test_a_likelihood_that_falls_below_zero_sends_no_weight_astray(name: str):
    """As those of counts may: there neither a ratio nor a noise means anything."""
    module = Shared((1.0, 0.3, 4.0), np.random.default_rng(1))
    method = weighing(name, shared=[SharedPart(module.w)], **METHODS[name])
    for step in range(300):
        module.zero_grad()
        losses = module(torch.ones(4, 5, dtype=torch.float64))
        losses["b"] = losses["b"] - losses["b"].detach() + (0.1 if step < 100 else -0.1)
        method.backward(losses, NAMES)
        if step % 50 == 49:
            method.end_epoch({task: loss.item() for task, loss in losses.items()})
    assert all(0 < weight < 30 for weight in method.weights().values())


@every_method
def test_a_batch_without_any_label_trains_nothing(name: str):
    method = weighing(name, **METHODS[name])
    before = method.weights()
    assert method.backward(dict.fromkeys(NAMES, torch.tensor(0.0)), ()).item() == 0
    assert method.weights() == before


@every_method
def test_loss_terms_count_as_they_are(name: str):
    term = nn.Parameter(torch.tensor(3.0))
    method = weighing(name, **METHODS[name])
    method.backward({"penalty": term * 2}, ())
    assert term.grad.item() == 2
