"""Blocks in the emitted file: a class with a `forward`, and calls of it."""

import pytest
import torch

import mtlspec
from mtlspec.emit import module as emitted
from mtlspec.emit.bank import Written
from mtlspec.emit.compiled import Compiled
from mtlspec.plan.plan import Plan

HEAD = """mtl 1
features { age, pay, more, last : numeric }
tasks { click, like, buy : binary }
"""
BODIES = {
    "one_value": "block s = cross(2)\nlayer x = features -> s\nhead[task] = x",
    "tied": (
        "block s = mlp(8, 8)\nstream h = features\nrepeat 3 { let h <- h -> s }\nhead[task] = h"
    ),
    "a_family_through_one": (
        "block s = mlp(8, 4)\nlayer h[task] = features -> linear(6)\n"
        "let x[task] = h[task] -> s\nhead[task] = x[task]"
    ),
    "statistics_apart": (
        "block s = dense(8, norm: batch_norm) -> linear(3)\n"
        "layer h[task] = features -> linear(6)\nlet x[task] = h[task] -> s\nhead[task] = x[task]"
    ),
    "a_family_of_blocks": (
        "block s[task] = mlp(8, 4)\nlet x[task] = features -> s[task]\nhead[task] = x[task]"
    ),
    "blocks_apart": (
        "block s[task] = mlp(8, 4)\nlet x[task] = features -> s[task]\n"
        "let y = features -> s[buy]\nhead[task] = concat(x[task], y)"
    ),
    "inside_a_class": (
        "block s = mlp(8, 4)\nlayer x[task] = features -> linear(6) -> s -> linear(2)\n"
        "layer y = features -> linear(6) -> s\nhead[task] = concat(x[task], y)"
    ),
    "an_end_of_its_own": (
        "block s = mlp(8, 4)\nlet x = features -> s -> tanh\nlet y = features -> s\n"
        "head[task] = concat(x, y)"
    ),
    "part_of_another": (
        "block s = mlp(8, 8)\nblock t = mlp(8, 8) -> s\nlet x = features -> t\n"
        "let y = features -> s\nhead[task] = concat(x, y)"
    ),
}
CALLED = tuple(name for name in BODIES if name != "part_of_another")


def compiled(name: str) -> Compiled:
    return mtlspec.compile(mtlspec.Text("b.mtl", f"{HEAD}model m {{\n{BODIES[name]}\n}}\n"))


def outputs(model: Compiled) -> dict[str, torch.Tensor | None]:
    """Predictions and gradients."""
    module = model.module(seed=0).double().train()
    generator = torch.Generator().manual_seed(1)
    batch = {
        name: torch.randn(9, 2, generator=generator, dtype=torch.float64)
        for name in ("age", "pay", "more", "last")
    }
    found = module(batch)
    torch.autograd.backward(torch.cat(list(found.values())).sum())
    weights = dict(module.named_parameters())
    return {**found, **{name: weight.grad for name, weight in weights.items()}}


def without_calls(plan: Plan) -> tuple[Plan, dict[str, Written]]:
    return plan, {}


@pytest.mark.parametrize("name", BODIES)
def test_calls_change_no_number(name: str, monkeypatch: pytest.MonkeyPatch):
    found = outputs(compiled(name))
    monkeypatch.setattr(emitted, "call_blocks", without_calls)
    expected = outputs(compiled(name))
    assert found.keys() == expected.keys()
    for key, value in found.items():
        torch.testing.assert_close(value, expected[key], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", CALLED)
def test_what_flows_through_a_block_is_a_call(name: str):
    source = compiled(name).source
    assert ".layers[" not in source.replace("self.layers[", "")
    cls = source.split("\nclass S")[1].split("\nclass ")[0]
    assert "def forward(self, x: Tensor) -> Tensor:" in cls


def test_weights_may_be_read_beside_a_call():
    body = "block s = mlp(8, 4)\nlet x = features -> s\nloss d = l2(weights(s))\nhead[task] = x"
    source = mtlspec.compile(mtlspec.Text("b.mtl", f"{HEAD}model m {{\n{body}\n}}\n")).source
    assert "x = self.s(features)" in source
    assert 'self.s.get_parameter("layers.0.weight")' in source
