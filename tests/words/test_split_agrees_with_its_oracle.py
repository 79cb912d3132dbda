"""`split` agrees with its oracle: a part for each name, parts of each member, a family of parts."""

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import Array, Weights, concat, linear, part, pool, relu, split
from tests.words.test_ops_agree_with_oracles import logits, out
from tests.words.test_tokens_agree_with_oracles import MASK, run, tokens

H = "layer h = features -> linear(12)\n"


def layer(weights: Weights, name: str, x: Array, width: int) -> Array:
    return linear.forward(part(weights, name), x, width)


@pytest.mark.parametrize(
    ("written", "sizes"),
    [
        ("a, b, c = split(h, 2, 7, 3)", (2, 7, 3)),
        ("a, b, c = h -> split([2, 7], 3)", (2, 7, 3)),
        ("a, b, c = split(h)", (4, 4, 4)),
        ("a, b, c = h -> split(parts: 3)", (4, 4, 4)),
    ],
)
def test_each_name_takes_a_part(written: str, sizes: tuple[int, ...]):
    found, weights, x = logits(f"{H}let {written}\nhead[click] = concat(c, a)")
    a, _, c = split.forward(layer(weights, "h", x, 12), *sizes)
    np.testing.assert_allclose(found, out(weights, concat.forward(c, a)), atol=1e-9)


def test_what_is_split_is_made_once():
    found, weights, x = logits(
        "layer a, b = features -> linear(12) -> split(8, 4)\nhead[click] = concat(b, a -> relu)"
    )
    assert {name.partition(".")[0] for name in weights} == {"a", "head[click]"}
    a, b = split.forward(layer(weights, "a", x, 12), 8, 4)
    np.testing.assert_allclose(found, out(weights, concat.forward(b, relu.forward(a))), atol=1e-9)


@pytest.mark.parametrize("places", [(1, 2, 3, 4), (2, 4), (3,)])
@pytest.mark.parametrize("sizes", ["parts: 4", "1, 5, 2, 4"])
def test_one_name_takes_all_parts_as_a_family(sizes: str, places: tuple[int, ...]):
    read = ", ".join(f"p[{place}]" for place in places)
    found, weights, x = logits(f"{H}let p = split(h, {sizes})\nhead[click] = concat({read})")
    h = layer(weights, "h", x, 12)
    parts = split.equally(h, 4) if "parts" in sizes else split.forward(h, 1, 5, 2, 4)
    kept = concat.forward(*(parts[place - 1] for place in places))
    np.testing.assert_allclose(found, out(weights, kept), atol=1e-9)


def test_a_family_of_parts_has_layers_of_its_own():
    found, weights, x = logits(
        f"{H}let p = split(h, parts: 3)\nlayer y[i in p] = p[i] -> linear(2)\n"
        "head[click] = concat(y)"
    )
    parts = split.equally(layer(weights, "h", x, 12), 3)
    y = [layer(weights, f"y[{i}]", each, 2) for i, each in enumerate(parts, start=1)]
    np.testing.assert_allclose(found, out(weights, concat.forward(*y)), atol=1e-9)


def test_each_member_is_split():
    found, weights, x = logits(
        "layer h[3] = features -> linear(6)\nlet a[i in h], b[i in h] = split(h[i], 4, 2)\n"
        "head[click] = concat(b, a[2])"
    )
    h = [layer(weights, f"h[{i}]", x, 6) for i in (1, 2, 3)]
    a, b = zip(*(split.forward(each, 4, 2) for each in h), strict=True)
    np.testing.assert_allclose(found, out(weights, concat.forward(*b, a[1])), atol=1e-9)


def test_parts_of_each_call_of_a_component():
    component = "component c(x) {\nlet p = split(x, parts: 3)\nreturn p[3] + p[1]\n}\n"
    text = (
        f"{component}model m {{ layer h[2] = features -> linear(6)\n"
        "layer y[i in h] = c(h[i])\nhead[click] = concat(y) }"
    )
    schema = "mtl 1\nfeatures { age, wage : numeric(piecewise(3)) } tasks { click : binary }\n"
    compiled = mtlspec.compile(mtlspec.Text("op.mtl", schema + text))
    module = compiled.module(seed=0).double()
    weights = {name: w.numpy() for name, w in compiled.weights(module).items()}
    columns = {"age": randomly.numbers(5, 4, seed=1), "wage": randomly.numbers(5, 4, seed=2)}
    found = module({name: torch.from_numpy(column) for name, column in columns.items()})["click"]
    x = concat.forward(*columns.values())
    parts = [split.equally(layer(weights, f"h[{i}]", x, 6), 3) for i in (1, 2)]
    y = concat.forward(*(p[2] + p[0] for p in parts))
    np.testing.assert_allclose(found.detach().numpy(), out(weights, y), atol=1e-9)


def test_a_level_moves_streams_to_the_parts():
    found, weights, x = logits(
        "let a, b = split(features, 4, 4)\nstream s = a\nstream t = b\n"
        "repeat 2 { layer s, t <- concat(s, t) -> linear(8) -> split }\nhead[click] = t"
    )
    first = layer(weights, "s@1", x, 8)
    second = layer(weights, "s@2", first, 8)
    np.testing.assert_allclose(found, out(weights, split.equally(second, 2)[1]), atol=1e-9)


def test_an_array_is_split():
    found, weights, x = logits(
        "weight w : f32[6, 10]\nlet u, v = split(w, 4, 6)\nlayer h = features -> linear(6)\n"
        "head[click] = matmul(h, v)"
    )
    v = split.forward(weights["w.weight"], 4, 6)[1]
    np.testing.assert_allclose(found, out(weights, layer(weights, "h", x, 6) @ v), atol=1e-9)


def test_the_parts_of_tokens_have_their_padding():
    predicted, weights = run("let a, b = split(seen, 2, 3)\nhead[click] = pool(b)")
    _, b = split.forward(tokens(weights), 2, 3)
    np.testing.assert_allclose(predicted["click"], out(weights, pool.forward({}, b, MASK)))


def test_what_is_cut_is_not_called_what_its_parts_are():
    text = (
        "mtl 1\nfeatures { age, wage : numeric(piecewise(3)) } tasks { click : binary }\n"
        "model m {\nlayer a, b = features -> linear(6) -> split\n"
        "layer c = b -> linear(4) -> split(parts: 2)\nhead[click] = concat(c)\n}"
    )
    compiled = mtlspec.compile(mtlspec.Text("op.mtl", text))
    assert [bank.name for bank in compiled.plan.banks][:4] == ["a_linear", "b", "c_linear", "c"]
    assert {"a.0.weight", "c.0.weight"} <= set(compiled.weights(compiled.module()))
