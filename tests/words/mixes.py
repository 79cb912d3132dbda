"""Small models in which something is mixed, compiled in float64 with random weights."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import randomly
from tests.models.compiled import arrays, tensors
from tests.words.oracles import Array, linear, part

SCHEMA = """
mtl 1
features { age, wage : numeric(piecewise(3)) }
tasks { click, buy : binary }
"""
ROWS = 20
WIDTH = 6
BATCH = {"age": randomly.numbers(ROWS, 4, seed=1), "wage": randomly.numbers(ROWS, 4, seed=2)}
X = np.concatenate([BATCH["age"], BATCH["wage"]], axis=-1)
"""What `features` is."""
EXPERTS = f"""
    expert e[task, 2] = features -> linear({WIDTH})
    expert s          = features -> linear({WIDTH})
"""
"""Five candidates: e[click, 1], e[click, 2], e[buy, 1], e[buy, 2], s."""


def compiled(body: str) -> Compiled:
    return mtlspec.compile(mtlspec.Text("mix.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))


def filled(body: str) -> tuple[nn.Module, dict[str, Array]]:
    """A model in float64, and its weights, drawn at random."""
    made = compiled(body)
    module = made.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in made.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    made.set_weights(module, tensors(weights))
    return module, weights


def candidates(weights: Mapping[str, Array]) -> Array:
    """The values of `EXPERTS`, [n, B, d]."""
    names = ("e[click, 1]", "e[click, 2]", "e[buy, 1]", "e[buy, 2]", "s")
    return np.stack([linear.forward(part(weights, name), X, WIDTH) for name in names])


def predictions(module: nn.Module) -> dict[str, Array]:
    with torch.no_grad():
        return arrays(module(tensors(BATCH)))


def served(weights: Mapping[str, Array], task: str, h: Array) -> Array:
    """What the output layer of a task makes of a value."""
    layer = part(weights, f"head[{task}].out")
    return linear.forward({f"0.{name}": value for name, value in layer.items()}, h, 1)


def assert_serves(module: nn.Module, weights: Mapping[str, Array], task: str, h: Array) -> None:
    expected = served(weights, task, h)
    assert expected.std() > 0.01, "a constant would prove nothing"
    np.testing.assert_allclose(predictions(module)[task], expected, rtol=0, atol=1e-9)
