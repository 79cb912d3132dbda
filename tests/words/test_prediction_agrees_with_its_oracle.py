"""A value that is said to be a prediction is one: nothing is learned or changed behind it."""

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import randomly
from tests.words.oracles import Array, count, dot, linear, part, prediction, regression

SCHEMA = """
mtl 1
features { age, wage : numeric(piecewise(3)) }
tasks { stars : regression   visits : count   spend : ltv }
"""
BATCH = {"age": randomly.numbers(20, 4, seed=1), "wage": randomly.numbers(20, 4, seed=2)}


def compiled(body: str) -> Compiled:
    return mtlspec.compile(mtlspec.Text("p.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))


def run(body: str) -> tuple[dict[str, Array], dict[str, Array], torch.nn.Module]:
    """The predictions of a model in float64, its (random) weights, and the model."""
    found = compiled(body)
    module = found.module(seed=0).double()
    shapes = {name: tuple(w.shape) for name, w in found.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    with torch.no_grad():
        found.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
        predicted = module({name: torch.from_numpy(column) for name, column in BATCH.items()})
    return {name: value.numpy() for name, value in predicted.items()}, weights, module


def test_a_prediction_gets_no_output_layer():
    found, weights, _ = run(
        "weight mean : f32[1] = zeros\nhead[stars] = prediction(mean + dot(age, wage))\n"
        "head[visits] = age -> linear(1, bias: no) -> prediction"
    )
    assert set(weights) == {"mean.weight", "head[visits].0.weight"}
    expected = prediction.forward(weights["mean.weight"] + dot.forward(*BATCH.values()))
    np.testing.assert_allclose(found["stars"], expected, atol=1e-9)
    layer = part(weights, "head[visits]")
    linear_part = linear.forward(layer, BATCH["age"], 1, bias=False)
    np.testing.assert_allclose(found["visits"], prediction.forward(linear_part), atol=1e-9)


@pytest.mark.parametrize(("task", "oracle"), [("stars", regression), ("visits", count)])
def test_it_is_judged_and_served_as_what_it_is(task: str, oracle):
    found, _, module = run(f"head[{task}] = prediction(dot(age, wage))")
    labels = np.arange(20.0)[:, None] % 4
    batch = {name: torch.from_numpy(column) for name, column in BATCH.items()}
    losses = module.loss(batch, {task: torch.from_numpy(labels)})
    assert losses[task].item() == pytest.approx(oracle.loss(found[task], labels))
    served = module.serve({task: torch.from_numpy(found[task])})[task].numpy()
    np.testing.assert_allclose(served, np.exp(found[task]) if task == "visits" else found[task])


def test_each_member_of_an_ensemble_is_a_prediction():
    found, weights, _ = run("head[stars, 3] = features -> linear(1) -> prediction")
    names = {f"head[stars, {i}].0.{kind}" for i in (1, 2, 3) for kind in ("weight", "bias")}
    assert set(weights) == names
    x = np.concatenate(list(BATCH.values()), axis=1)
    each = [linear.forward(part(weights, f"head[stars, {i}]"), x, 1) for i in (1, 2, 3)]
    np.testing.assert_allclose(found["stars"], np.stack(each), atol=1e-9)


def test_the_prediction_of_another_task_is_a_plain_value_again():
    found, _, _ = run(
        "head[stars] = features\nhead[visits] = prediction(head[stars])\nhead[spend] = features"
    )
    np.testing.assert_array_equal(found["visits"], found["stars"])


def test_arithmetic_makes_it_a_plain_value():
    with_layer = compiled("head[stars] = 2 * prediction(dot(age, wage))")
    assert "head[stars].out.weight" in with_layer.weights(with_layer.module())
