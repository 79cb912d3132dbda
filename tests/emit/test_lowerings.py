"""Banks, whatever their lowering, compute what a plain loop over the members computes."""

import pytest
import torch
from hypothesis import HealthCheck, given, note, settings

import mtlspec
from tests.emit.random_models import FEATURES, ROWS, TASKS, Loop, Model, models

few = settings(max_examples=25, derandomize=True, deadline=None, database=None)
many = settings(
    max_examples=1500,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def batch_of(rows: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(rows)
    batch = {
        name: torch.randn(rows, width, generator=generator, dtype=torch.float64)
        for name, width in FEATURES.items()
        if name not in ROWS
    }
    for name, size in ROWS.items():
        batch[name] = torch.arange(rows) % size
    return batch


def agrees_with_the_loop(model: Model) -> None:
    note(str(model))
    compiled = mtlspec.compile(mtlspec.Text("random.mtl", str(model)))
    module = compiled.module(seed=3, sizes=ROWS).double().eval()
    weights = {k: v.clone().requires_grad_() for k, v in compiled.weights(module).items()}
    batch = batch_of(7)
    loop = Loop(weights)
    expected, found = loop.run(model, batch), module(batch)
    assert set(weights) == loop.used | set(), "what is built is what the heads read"
    assert tuple(found) == TASKS
    for task in TASKS:
        assert found[task].shape == (7, 1)
        torch.testing.assert_close(found[task], expected[task], rtol=0, atol=1e-9)
    sum(value.sum() for value in found.values()).backward()
    sum(value.sum() for value in expected.values()).backward()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, f"no gradient reaches {name}"
            parameter.copy_(parameter.grad)
    for name, gradient in compiled.weights(module).items():
        torch.testing.assert_close(gradient, weights[name].grad, rtol=0, atol=1e-9)


@few
@given(models())
def test_a_random_model_computes_what_a_loop_over_its_members_computes(model: Model):
    agrees_with_the_loop(model)


@pytest.mark.slow
@many
@given(models())
def test_many_random_models_compute_what_a_loop_over_their_members_computes(model: Model):
    agrees_with_the_loop(model)
