"""Stitches, tables of their own, arithmetic and loss terms agree with their oracles, compiled."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import randomly
from tests.models.compiled import arrays, tensors
from tests.models.oracles.parts import mix
from tests.words.oracles import (
    Array,
    arithmetic,
    concat,
    embed,
    free,
    linear,
    mlp,
    orthogonal,
    part,
    sigmoid,
    softmax,
)

SCHEMA = """
mtl 1
features {
    job  : category(dim: 4)
    age  : numeric(piecewise(3))
    city : category(dim: 2)
}
tasks { click, buy : binary }
"""
SIZES = {"job": 7, "city": 5}
BATCH = {
    "job": randomly.ids(20, 7, seed=1),
    "age": randomly.numbers(20, 4, seed=2),
    "city": randomly.ids(20, 5, seed=3),
}


def compiled(body: str) -> Compiled:
    text = mtlspec.Text("stitch.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n")
    return mtlspec.compile(text, sizes=SIZES)


def filled(body: str) -> tuple[nn.Module, dict[str, Array], Array]:
    """A model in float64, its (random) weights, and the features that it reads."""
    made = compiled(body)
    module = made.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in made.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    made.set_weights(module, tensors(weights))
    tables = {f"0.{name}.weight": weights.get(f"{name}.weight", np.zeros((7, 0))) for name in SIZES}
    return module, weights, embed.forward(tables, BATCH)


def out(weights: dict[str, Array], task: str, x: Array) -> Array:
    """The output layer that a head of plain values has."""
    layer = part(weights, f"head[{task}].out")
    return linear.forward({f"0.{name}": value for name, value in layer.items()}, x, 1)


def assert_predicts(module: nn.Module, weights: dict[str, Array], task: str, h: Array) -> None:
    expected = out(weights, task, h)
    assert expected.std() > 0.01, "a constant would prove nothing"
    found = arrays(module(tensors(BATCH)))
    np.testing.assert_allclose(found[task], expected, rtol=0, atol=1e-9)


# --- stitches ------------------------------------------------------------------------------------

ROUTERS: dict[str, Callable[[Array], Array]] = {
    "": free.coefficients,
    "free": free.coefficients,
    "softmax": softmax.coefficients,
    "softmax(temperature: 2)": lambda scores: softmax.coefficients(scores, temperature=2),
    "sigmoid": sigmoid.coefficients,
    "sigmoid(temperature: 0.5)": lambda scores: sigmoid.coefficients(scores, temperature=0.5),
}


@pytest.mark.parametrize("per", ["scalar", "channel"])
@pytest.mark.parametrize("router", ROUTERS)
def test_a_router_weighs_candidates_by_what_was_learned(router: str, per: str) -> None:
    options = ", ".join(filter(None, (router, f"per: {per}")))
    module, weights, x = filled(f"""
        layer a = features -> linear(6)
        layer b[2] = features -> linear(6)
        stitch({options}) m[task] = b, a
        head[task] = m[task]
    """)
    candidates = [linear.forward(part(weights, name), x, 6) for name in ("b[1]", "b[2]", "a")]
    for task in ("click", "buy"):
        scores = weights[f"m[{task}].mixing"]
        assert scores.shape == (3, 6 if per == "channel" else 1)
        assert_predicts(module, weights, task, mix(ROUTERS[router](scores.T).T, candidates))


def coefficients(stitch: str, candidates: str, task: str = "buy") -> Array:
    """What a router gives of the scores that a stitch begins with, [n, 1 or 6]."""
    made = compiled(f"""
        layer a = features -> linear(6)
        layer f[task] = features -> linear(6)
        layer g[task, 2] = features -> linear(6)
        {stitch} m[task] = {candidates}
        head[task] = m[task]
    """)
    scores = made.weights(made.module(seed=0))[f"m[{task}].mixing"].double().numpy()
    name = stitch.removeprefix("stitch(").partition(",")[0]
    return ROUTERS.get(name, free.coefficients)(scores.T).T


@pytest.mark.parametrize(
    ("stitch", "candidates", "expected"),
    [
        ("stitch", "f", [0.1, 0.9]),
        ("stitch", "a, f", [0.05, 0.05, 0.9]),
        ("stitch", "g, a", [0.1 / 3, 0.1 / 3, 0.45, 0.45, 0.1 / 3]),
        ("stitch", "f[!task], a", [0.5, 0.5]),
        ("stitch", "f[task]", [1]),
        ("stitch", "g[task]", [0.5, 0.5]),
        ("stitch(init: own(0.6))", "f", [0.4, 0.6]),
        ("stitch(init: last(0.8))", "f, g[task], a", [0.05, 0.05, 0.05, 0.05, 0.8]),
        ("stitch(init: even)", "f, a, g", [1 / 7] * 7),
        ("stitch(init: 0.25)", "f, a", [0.25] * 3),
        ("stitch(init: [0.5, -1, 2])", "f, a", [0.5, -1, 2]),
        ("stitch(init: [[0.5, 2], [0.25, -1]])", "f", [0.25, -1]),
        ("stitch(softmax, init: own(0.9))", "f", [0.1, 0.9]),
        ("stitch(softmax, init: even)", "f, a", [1 / 3] * 3),
        ("stitch(softmax(temperature: 2), init: last(0.7))", "f, a", [0.15, 0.15, 0.7]),
        ("stitch(sigmoid, init: own(0.9))", "f", [0.1, 0.9]),
        ("stitch(sigmoid, init: [0.2, 0.7, 0.5])", "f, a", [0.2, 0.7, 0.5]),
    ],
)
def test_a_stitch_begins_with_the_coefficients_that_are_asked_for(
    stitch: str, candidates: str, expected: list[float]
) -> None:
    found = coefficients(stitch, candidates)
    np.testing.assert_allclose(found, np.array(expected)[:, None], atol=1e-6)


def test_every_channel_begins_alike() -> None:
    found = coefficients("stitch(per: channel, init: own(0.9))", "f, a")
    np.testing.assert_allclose(found, [[0.05] * 6, [0.9] * 6, [0.05] * 6], atol=1e-6)


def test_coefficients_are_drawn_where_a_bound_is_given() -> None:
    found = coefficients("stitch(per: channel, init: uniform(0.3))", "f, a, g")
    assert np.abs(found).max() <= 0.3
    assert np.abs(found).max() > 0.2
    assert found.std() == pytest.approx(0.3 / np.sqrt(3), rel=0.3)


# --- traces --------------------------------------------------------------------------------------


def test_a_trace_has_the_values_after_each_iteration_first_to_last() -> None:
    module, weights, x = filled("""
        stream h[task] = features
        repeat 3 { layer h[task] <- h[task] -> dense(6) }
        stitch m[task] = trace(h[task])
        head[task] = m[task]
    """)
    for task in ("click", "buy"):
        h, values = x, []
        for iteration in (1, 2, 3):
            h = mlp.forward(part(weights, f"h@{iteration}[{task}]"), h, 6)
            values.append(h)
        assert_predicts(module, weights, task, mix(weights[f"m[{task}].mixing"], values))


def test_a_trace_of_a_name_of_the_body_leaves_nothing_else_in() -> None:
    module, weights, x = filled("""
        stream h = features
        repeat width in [6, 8] {
            layer f = h -> dense(6)
            layer h <- f -> dense(width)
        }
        head[task] = concat(trace(f))
    """)
    first = mlp.forward(part(weights, "f@1"), x, 6)
    h = mlp.forward(part(weights, "h@1"), first, 6)
    both = concat.forward(first, mlp.forward(part(weights, "f@2"), h, 6))
    assert_predicts(module, weights, "buy", both)


# --- tables of their own -------------------------------------------------------------------------


def test_features_are_embedded_by_tables_of_their_own() -> None:
    module, weights, _ = filled("layer x[task] = features -> embed\nhead[task] = x[task]")
    assert not {"job.weight", "city.weight"} & weights.keys()
    for task in ("click", "buy"):
        own = part(weights, f"x[{task}]")
        assert_predicts(module, weights, task, embed.forward(own, BATCH))


def test_some_columns_are_embedded_in_the_order_they_are_named() -> None:
    module, weights, _ = filled("layer x = embed(city, age, job)\nhead[task] = x")
    columns = {name: BATCH[name] for name in ("city", "age", "job")}
    assert_predicts(module, weights, "buy", embed.forward(part(weights, "x"), columns))


def test_tables_of_their_own_may_have_another_width() -> None:
    module, weights, _ = filled("layer x = features -> embed(dim: 5)\nhead[task] = x")
    assert weights["x.0.job.weight"].shape == (7, 5)
    assert weights["x.0.city.weight"].shape == (5, 5)
    assert_predicts(module, weights, "buy", embed.forward(part(weights, "x"), BATCH))


def test_tables_of_their_own_stand_beside_the_shared_ones() -> None:
    module, weights, x = filled("""
        layer own[task] = embed(job) -> linear(6)
        head[task] = concat(own[task], features)
    """)
    for task in ("click", "buy"):
        own = part(weights, f"own[{task}]")
        vectors = embed.forward(own, {"job": BATCH["job"]})
        h = linear.forward(
            {f"0.{kind}": own[f"1.{kind}"] for kind in ("weight", "bias")}, vectors, 6
        )
        assert_predicts(module, weights, task, concat.forward(h, x))


@pytest.mark.parametrize("index", ["", "[task]"])
def test_tables_of_their_own_are_told_apart_whatever_the_features_are_called(index: str) -> None:
    features = ("a b", "a_b", "values", "1st")
    declared = "\n".join(f'"{name}" : category(dim: 3)' for name in features)
    text = (
        f"mtl 1\nfeatures {{ {declared} }}\ntasks {{ click, buy : binary }}\n"
        f"model m {{ layer x{index} = features -> embed\nhead[task] = x{index} }}"
    )
    sizes = {name: 5 + place for place, name in enumerate(features)}
    made = mtlspec.compile(mtlspec.Text("names.mtl", text), sizes=sizes)
    module = made.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in made.weights(module).items()}
    own = "x[buy]" if index else "x"
    for name, size in sizes.items():
        assert shapes[f"{own}.0.{name}.weight"] == (size, 3)
    weights = randomly.weights(shapes, seed=3)
    made.set_weights(module, tensors(weights))
    columns = {name: randomly.ids(20, size, seed=size) for name, size in sizes.items()}
    expected = out(weights, "buy", embed.forward(part(weights, own), columns))
    found = arrays(module(tensors(columns)))["buy"]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


# --- arithmetic ----------------------------------------------------------------------------------

ARITHMETIC: dict[str, Callable[[Array, Array], Array]] = {
    "a + b": lambda a, b: arithmetic.forward("+", a, b),
    "a - b": lambda a, b: arithmetic.forward("-", a, b),
    "a * b": lambda a, b: arithmetic.forward("*", a, b),
    "a / (b * b + 1)": lambda a, b: arithmetic.forward("/", a, b * b + 1),
    "2 * a": lambda a, _: arithmetic.forward("*", 2, a),
    "a * -0.5": lambda a, _: arithmetic.forward("*", a, -0.5),
    "1 - a": lambda a, _: arithmetic.forward("-", 1, a),
    "a / 4": lambda a, _: arithmetic.forward("/", a, 4),
    "1 / (a * a + 2)": lambda a, _: arithmetic.forward("/", 1, a * a + 2),
    "-a": lambda a, _: arithmetic.forward("-", 0, a),
    "a - (b - a)": lambda a, b: a - (b - a),
    "a - b - a": lambda a, b: a - b - a,
    "2 * (a + b) - b / 2": lambda a, b: 2 * (a + b) - b / 2,
    "a / 2 / (1 + b * b)": lambda a, b: a / 2 / (1 + b * b),
    "(a + b) -> tanh": lambda a, b: np.tanh(a + b),
    "a + (b -> sigmoid) * a": lambda a, b: a + a / (1 + np.exp(-b)),
}


@pytest.mark.parametrize("expression", ARITHMETIC)
def test_arithmetic_agrees(expression: str) -> None:
    of_a_task = re.sub(r"\ba\b", "a[task]", expression)
    module, weights, x = filled(f"""
        layer a[task] = features -> linear(6)
        layer b = features -> linear(6)
        let c[task] = {of_a_task}
        head[task] = concat(c[task], b)
    """)
    b = linear.forward(part(weights, "b"), x, 6)
    for task in ("click", "buy"):
        a = linear.forward(part(weights, f"a[{task}]"), x, 6)
        c = ARITHMETIC[expression](a, b)
        assert_predicts(module, weights, task, concat.forward(c, b))


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
def test_a_single_channel_is_stretched(sign: str) -> None:
    module, weights, x = filled(f"""
        layer a = features -> linear(6)
        layer b = features -> linear(1) -> sigmoid
        head[click] = a {sign} b
        head[buy] = (b {sign} a) -> sigmoid
    """)
    a = linear.forward(part(weights, "a"), x, 6)
    b = sigmoid.forward(linear.forward(part(weights, "b"), x, 1))
    assert_predicts(module, weights, "click", arithmetic.forward(sign, a, b))
    assert_predicts(module, weights, "buy", sigmoid.forward(arithmetic.forward(sign, b, a)))


def test_a_sign_maps_over_a_family() -> None:
    module, weights, x = filled("""
        layer a[3] = features -> linear(6)
        layer b = features -> linear(6)
        head[task] = concat(a * b, 1 - a[2..])
    """)
    a = [linear.forward(part(weights, f"a[{i}]"), x, 6) for i in (1, 2, 3)]
    b = linear.forward(part(weights, "b"), x, 6)
    joined = concat.forward(*(value * b for value in a), 1 - a[1], 1 - a[2])
    assert_predicts(module, weights, "buy", joined)


# --- loss terms ----------------------------------------------------------------------------------


def losses(body: str) -> tuple[dict[str, float], dict[str, Array], Array]:
    module, weights, x = filled(body)
    labels = {task: torch.ones(20, 1, dtype=torch.float64) for task in ("click", "buy")}
    found = module.loss(tensors(BATCH), labels)
    assert tuple(found)[:2] == ("click", "buy")
    assert all(loss.shape == () for loss in found.values())
    return {name: loss.item() for name, loss in found.items()}, weights, x


def test_orthogonal_agrees() -> None:
    found, weights, _ = losses("""
        layer a = features -> linear(6)
        layer b = features -> linear(4)
        head[task] = concat(a, b)
        loss apart = orthogonal(weights(a), weights(b))
    """)
    a, b = weights["a.0.weight"].T, weights["b.0.weight"].T
    assert found["apart"] == pytest.approx(orthogonal.value(a, b), rel=1e-9)


def test_a_term_is_summed_over_members_and_its_iterations_are_apart() -> None:
    found, weights, _ = losses("""
        stream h[task] = features
        repeat 2 {
            layer f[task, 2] = h[task] -> dense(6)
            let h[task] <- concat(f[task])
            loss apart[task] = 0.1 * orthogonal(weights(f[task, 1]), weights(f[task, 2]))
        }
        head[task] = h[task]
    """)
    for iteration in (1, 2):
        expected = 0.0
        for task in ("click", "buy"):
            a, b = (weights[f"f@{iteration}[{task}, {i}].0.weight"].T for i in (1, 2))
            expected += 0.1 * orthogonal.value(a, b)
        assert found[f"apart@{iteration}"] == pytest.approx(expected, rel=1e-9)


def test_a_term_of_one_member_leaves_the_others_out() -> None:
    found, weights, _ = losses("""
        layer f[task, 2] = features -> dense(6)
        head[task] = concat(f[task])
        loss apart[buy] = orthogonal(weights(f[buy, 1]), weights(f[buy, 2]))
    """)
    a, b = (weights[f"f[buy, {i}].0.weight"].T for i in (1, 2))
    assert found["apart"] == pytest.approx(orthogonal.value(a, b), rel=1e-9)


def test_a_term_of_values_is_their_mean_over_rows() -> None:
    found, weights, x = losses("""
        layer a[task] = features -> linear(6)
        layer b[task] = features -> linear(1)
        head[task] = a[task]
        loss small[task] = 0.5 * (b[task] * b[task])
    """)
    expected = sum(
        0.5 * np.mean(linear.forward(part(weights, f"b[{task}]"), x, 1) ** 2)
        for task in ("click", "buy")
    )
    assert found["small"] == pytest.approx(expected, rel=1e-9)


def test_weights_are_taken_in_arithmetic() -> None:
    found, weights, _ = losses("""
        layer f[task] = features -> linear(6)
        head[task] = f[task]
        let far = weights(f[click]) - weights(f[buy])
        loss near = orthogonal(far, far)
    """)
    far = (weights["f[click].0.weight"] - weights["f[buy].0.weight"]).T
    assert found["near"] == pytest.approx(orthogonal.value(far, far), rel=1e-9)
