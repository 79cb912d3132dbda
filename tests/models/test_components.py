"""What a component computes is what its statements compute where they are written out."""

import re

import pytest
import torch

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.emit.specs import ROWS, SCHEMA, batch_of, labels_of

PAIRS = (
    (r"mine@(\d)", r"h@\1.mine"),
    (r"ours@(\d)", r"h@\1.ours"),
    (r"h@(\d)(\[\w+\])\.gate", r"h@\1.mixed\2.gate"),
    (r"s@(\d)\.gate", r"h@\1.shared.gate"),
)
"""Names of the weights of `ple.mtl`, and what they are called with the component."""

SMALL = "(own: 2, common: 1, widths: [[16, 8], [4]], tower: [4])"


def _library(name: str) -> Compiled:
    run = mtlspec.Text("run.mtl", f'use "mtl:{name}.mtl" {SMALL}\n{SCHEMA}')
    return mtlspec.compile(run, sizes=ROWS)


def _renamed(name: str) -> str:
    for ours, theirs in PAIRS:
        name = re.sub(f"^{ours}", theirs, name)
    return name


def test_ple_of_a_component_is_ple():
    plain, made = _library("ple"), _library("ple_component")
    one, other = plain.module(0).double().eval(), made.module(1).double().eval()
    weights = plain.weights(one)
    assert {_renamed(name) for name in weights} == set(made.weights(other))
    made.set_weights(other, {_renamed(name): value for name, value in weights.items()})
    batch, labels = batch_of(6), labels_of(6)
    torch.testing.assert_close(one(batch), other(batch), rtol=0, atol=1e-12)
    torch.testing.assert_close(one.loss(batch, labels), other.loss(batch, labels))


WITH_AND_WITHOUT = {
    "adatt": (
        'use "mtl:adatt.mtl" (own: 2, common: 1, widths: [8, 4], tower: [4])',
        """
        stream h[task] = features
        stream s       = features
        repeat width in [8, 4] {
            layer h, s <- adatt(h, s, own: 2, common: 1, net: mlp(width))
        }
        head[task] = h[task] -> mlp(4)
        """,
        r"^(mine|ours|fused|common_fused|native|common_native)@(\d)",
        r"h@\2.\1",
    ),
    "cross_stitch": (
        'use "mtl:cross_stitch.mtl" (widths: [8, 4])',
        """
        stream h[task] = features
        repeat width in [8, 4] {
            layer h <- cross_stitch(h, net: dense(width))
        }
        head[task] = h[task]
        """,
        r"^(?:(f)@(\d)|h@(\d)(\[\w+\])\.mixing)",
        lambda m: f"h@{m[2]}.f" if m[1] else f"h@{m[3]}.mixed{m[4]}.mixing",
    ),
    "handover": (
        'use "mtl:aitm.mtl" (bottom: [8], width: 4, charge: 0.0)',
        """
        layer q[task] = features -> mlp(8) -> dense(4)
        let z[task[1]] = q[task[1]]
        layer p[t in task[2..]] = z[t - 1] -> dense(4)
        layer z[t in task[2..]] = handover(p[t], q[t], width: 4)
        head[task] = z[task]
        """,
        r"^(value|key|query)(\[\w+\])",
        r"z\2.\1",
    ),
}
"""A system of the library, the same with its component, and how the weights are called there."""


@pytest.mark.parametrize("name", WITH_AND_WITHOUT)
def test_a_model_computes_the_same_with_and_without_a_component_of_the_library(name: str):
    use, body, ours, theirs = WITH_AND_WITHOUT[name]
    plain = mtlspec.compile(mtlspec.Text("run.mtl", f"{use}\n{SCHEMA}"), sizes=ROWS)
    text = f'mtl 1\nuse "mtl:std/{name}.mtl"\n{SCHEMA}\nmodel m {{\n{body}\n}}\n'
    made = mtlspec.compile(mtlspec.Text("m.mtl", text), sizes=ROWS)
    one, other = plain.module(0).double().eval(), made.module(1).double().eval()
    weights = {re.sub(ours, theirs, key): value for key, value in plain.weights(one).items()}
    assert set(weights) == set(made.weights(other))
    made.set_weights(other, weights)
    batch = batch_of(6)
    torch.testing.assert_close(one(batch), other(batch), rtol=0, atol=1e-12)


def _compiled(statements: str, before: str) -> Compiled:
    text = f"mtl 1\n{SCHEMA}{before}\nmodel m {{\n{statements}\n}}\n"
    return mtlspec.compile(mtlspec.Text("m.mtl", text), sizes=ROWS)


TOWER = """
component tower(x, y, width = 4) {
    layer a = x -> mlp(6) -> linear(width)
    let b = concat(a, y)
    return b * 2, mean(a, a)
}
"""


def test_the_calls_of_a_family_are_one_bank():
    compiled = _compiled(
        """
        layer f[task] = features -> linear(3)
        layer p[task], q[task] = f[task] -> linear(5) -> tower(age)
        head[task] = concat(p[task], q[task]) -> linear(2)
        """,
        TOWER,
    )
    names = compiled.names
    assert names["p_a.layers.0.weight"] == tuple(
        f"p[{task}].a.0.weight" for task in ("click", "cart", "buy")
    )
    module = compiled.module(0).double().eval()
    batch = batch_of(5)
    weights = compiled.weights(module)
    features = torch.cat(list(module.columns(batch).values()), dim=-1)
    for task in ("click", "cart", "buy"):

        def linear(x: torch.Tensor, name: str) -> torch.Tensor:
            return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

        flowing = linear(linear(features, f"f[{task}].0"), f"p[{task}].0")
        a = linear(torch.relu(linear(flowing, f"p[{task}].a.0")), f"p[{task}].a.1")
        both = torch.cat([torch.cat([a, batch["age"]], dim=-1) * 2, a], dim=-1)
        logit = linear(linear(both, f"head[{task}].0"), f"head[{task}].out")
        torch.testing.assert_close(module(batch)[task], logit)


def test_members_of_one_call_may_differ_in_shape():
    compiled = _compiled(
        """
        layer p[task] = deep(features, own[task])
        head[task] = p[task]
        """,
        """
        param own = [1, 3, 1]
        component deep(x, n = 1) {
            expert e[n] = x -> linear(n + 1)
            gate g = e by x
            return g
        }
        """,
    )
    assert len([name for name in compiled.names if name.endswith("layers.0.weight")]) >= 2
    module = compiled.module(0).double().eval()
    assert {t: tuple(v.shape) for t, v in module(batch_of(3)).items()} == {
        "click": (3, 1),
        "cart": (3, 1),
        "buy": (3, 1),
    }
