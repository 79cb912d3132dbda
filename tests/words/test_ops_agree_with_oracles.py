"""Ops and routers agree with their oracles, each in a small model that is compiled."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import (
    Array,
    Weights,
    concat,
    dense,
    dropout,
    gelu,
    linear,
    mean,
    mlp,
    part,
    relu,
    sigmoid,
    softmax,
    sum,
    swish,
    tanh,
)

SCHEMA = """
mtl 1
features { age, wage : numeric(piecewise(3)) }
tasks { click : binary }
"""
WIDTH = 8
BATCH = {"age": randomly.numbers(20, 4, seed=1), "wage": randomly.numbers(20, 4, seed=2)}


def logits(body: str) -> tuple[Array, dict[str, Array], Array]:
    """Of a model: its logits in float64, its (random) weights, and the features that it read."""
    text = mtlspec.Text("op.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n")
    compiled = mtlspec.compile(text)
    module = compiled.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    compiled.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    with torch.no_grad():
        found = module({name: torch.from_numpy(column) for name, column in BATCH.items()})
    return found["click"].numpy(), weights, concat.forward(*BATCH.values())


def out(weights: Weights, x: Array) -> Array:
    """The output layer that a head of plain values has."""
    layer = part(weights, "head[click].out")
    return linear.forward({f"0.{name}": value for name, value in layer.items()}, x, 1)


def shifted(weights: Mapping[str, Array], by: int) -> dict[str, Array]:
    """The weights of a statement from its op number `by` on, counted anew."""
    split = ((name.split(".", 1), value) for name, value in weights.items())
    return {f"{int(k) - by}.{kind}": value for (k, kind), value in split if int(k) >= by}


OPS: dict[str, Callable[[Weights, Array], Array]] = {
    "relu": lambda _, x: relu.forward(x),
    "gelu": lambda _, x: gelu.forward(x),
    "swish": lambda _, x: swish.forward(x),
    "tanh": lambda _, x: tanh.forward(x),
    "sigmoid": lambda _, x: sigmoid.forward(x),
    "dropout(0.5)": lambda _, x: dropout.forward(x),
    "linear(5)": lambda w, x: linear.forward(w, x, 5),
    "linear(5, bias: no)": lambda w, x: linear.forward(w, x, 5, bias=False),
    "dense(5)": lambda w, x: dense.forward(w, x, 5),
    "dense(5, act: tanh, dropout: 0.3)": lambda w, x: dense.forward(w, x, 5, act="tanh"),
    "mlp(5)": lambda w, x: mlp.forward(w, x, 5),
    "mlp(7, 5)": lambda w, x: mlp.forward(w, x, 7, 5),
    "mlp([7, 5])": lambda w, x: mlp.forward(w, x, 7, 5),
    "mlp(7, 5, last: linear)": lambda w, x: mlp.forward(w, x, 7, 5, last="linear"),
    "mlp(7, 5, act: gelu)": lambda w, x: mlp.forward(w, x, 7, 5, act="gelu"),
}


@pytest.mark.parametrize("op", OPS)
def test_an_op_agrees(op: str):
    # the linear layer before it makes the op the second of its statement
    found, weights, x = logits(f"layer h = features -> linear(6) -> {op}\nhead[click] = h")
    own = part(weights, "h")
    first = {f"0.{name}": value for name, value in part(own, "0").items()}
    h = OPS[op](shifted(own, 1), linear.forward(first, x, 6))
    np.testing.assert_allclose(found, out(weights, h), atol=1e-9)


JOINS: dict[str, Callable[..., Array]] = {
    "concat": concat.forward,
    "sum": sum.forward,
    "mean": mean.forward,
}


@pytest.mark.parametrize("op", JOINS)
def test_an_op_of_several_values_agrees(op: str):
    found, weights, x = logits(
        "layer a = features -> linear(6)\n"
        "layer b[3] = features -> linear(6)\n"
        f"head[click] = {op}(a, b, a)"
    )
    a = linear.forward(part(weights, "a"), x, 6)
    b = [linear.forward(part(weights, f"b[{i}]"), x, 6) for i in (1, 2, 3)]
    np.testing.assert_allclose(found, out(weights, JOINS[op](a, *b, a)), atol=1e-9)


ROUTERS: dict[str, Callable[[Array], Array]] = {
    "gate": softmax.coefficients,
    "gate(softmax)": softmax.coefficients,
    "gate(softmax(temperature: 2))": lambda scores: softmax.coefficients(scores, temperature=2),
    "gate(sigmoid)": sigmoid.coefficients,
    "gate(sigmoid(temperature: 0.5))": lambda scores: sigmoid.coefficients(scores, temperature=0.5),
}


@pytest.mark.parametrize("gate", ROUTERS)
def test_a_router_agrees(gate: str):
    found, weights, x = logits(
        "expert a = features -> linear(6)\n"
        "expert b[2] = features -> linear(6)\n"
        f"{gate} g = b, a by features\n"
        "head[click] = g"
    )
    candidates = [linear.forward(part(weights, name), x, 6) for name in ("b[1]", "b[2]", "a")]
    a = ROUTERS[gate](x @ weights["g.gate.weight"].T)
    mixed = sum.forward(*(a[:, [i]] * candidate for i, candidate in enumerate(candidates)))
    np.testing.assert_allclose(found, out(weights, mixed), atol=1e-9)
