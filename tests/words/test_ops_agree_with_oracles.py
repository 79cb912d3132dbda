"""Ops and routers agree with their oracles, each in a small model that is compiled."""

from collections.abc import Callable, Mapping
from types import ModuleType

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import (
    Array,
    Weights,
    abs,
    batch_norm,
    clip,
    concat,
    cross,
    dense,
    dice,
    dot,
    dropout,
    exp,
    gelu,
    layer_norm,
    linear,
    log,
    lora,
    low_rank,
    max,
    mean,
    min,
    mlp,
    outer,
    part,
    product,
    relu,
    reverse_gradient,
    rms_norm,
    sigmoid,
    softmax,
    sqrt,
    stack,
    stop_gradient,
    sum,
    swish,
    tanh,
    transpose,
    unit,
)

SCHEMA = """
mtl 1
features { age, wage : numeric(piecewise(3)) }
tasks { click : binary }
"""
ONE = "mtl 1\nfeatures { age : numeric }\ntasks { click : binary }\n"
TWO = "mtl 1\nfeatures { age : numeric }\ntasks { click, buy : binary }\n"
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


def compiled_op(op: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """An op of one number, as it is emitted: what stands after it hands that number on."""
    text = mtlspec.Text("op.mtl", f"{ONE}model m {{ head[click] = age -> {op} }}\n")
    compiled = mtlspec.compile(text)
    module = compiled.module(seed=0).double()
    through = {"head[click].out.weight": torch.tensor([[1.0, 0.0]])}
    with torch.no_grad():
        compiled.set_weights(module, {**through, "head[click].out.bias": torch.zeros(1)})
    return lambda x: module({"age": torch.cat([x, torch.ones_like(x)], dim=1)})["click"]


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
    "abs": lambda _, x: abs.forward(x),
    "exp": lambda _, x: exp.forward(x),
    "abs -> log": lambda _, x: log.forward(abs.forward(x)),
    "abs -> sqrt": lambda _, x: sqrt.forward(abs.forward(x)),
    "clip(-0.2, 0.3)": lambda _, x: clip.forward(x, -0.2, 0.3),
    "clip(low: 0)": lambda _, x: clip.forward(x, low=0),
    "clip(high: 0.1)": lambda _, x: clip.forward(x, high=0.1),
    "softmax": lambda _, x: softmax.forward(x),
    "softmax(temperature: 3)": lambda _, x: softmax.coefficients(x, temperature=3),
    "unit": lambda _, x: unit.forward(x),
    "stop_gradient": lambda _, x: stop_gradient.forward(x),
    "reverse_gradient": lambda _, x: reverse_gradient.forward(x),
    "reverse_gradient(0.3)": lambda _, x: reverse_gradient.forward(x),
    "layer_norm": lambda w, x: layer_norm.forward(w, x),
    "rms_norm": lambda w, x: rms_norm.forward(w, x),
    "batch_norm": lambda w, x: batch_norm.forward(w, x, batch_norm.begin(6), training=False),
    "dice": lambda w, x: dice.forward(w, x, batch_norm.begin(6), training=False),
    "cross": lambda w, x: cross.forward(w, x),
    "cross(3)": lambda w, x: cross.forward(w, x, layers=3),
    "cross(layers: 2, rank: 3)": lambda w, x: cross.forward(w, x, rank=3),
    "lora(5, 2, 4)": lambda w, x: lora.forward(w, x, 5, 2, 4),
    "low_rank(5, 2)": lambda w, x: low_rank.forward(w, x, 5, 2),
    "dense(5, norm: layer_norm)": lambda w, x: relu.forward(
        layer_norm.forward(shifted(w, 1), linear.forward(w, x, 5))
    ),
    "mlp(5, norm: rms_norm, act: tanh)": lambda w, x: tanh.forward(
        rms_norm.forward(shifted(w, 1), linear.forward(w, x, 5))
    ),
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


TRAINING: dict[str, Callable[..., Array]] = {
    "batch_norm": batch_norm.forward,
    "batch_norm(affine: no, eps: 0.01)": lambda _, x, running, training: batch_norm.forward(
        {}, x, running, training=training, eps=0.01
    ),
    "dice": dice.forward,
}


@pytest.mark.parametrize("op", TRAINING)
@pytest.mark.parametrize("members", ["", "[2]"])
def test_statistics_of_the_batch_are_those_of_training(op: str, members: str):
    body = f"layer h{members} = features -> {op}\nhead[click] = concat(h)"
    compiled = mtlspec.compile(mtlspec.Text("op.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))
    module = compiled.module(seed=0).double()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    compiled.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    names = [f"h[{i}]" for i in (1, 2)] if members else ["h"]
    running = {name: batch_norm.begin(WIDTH) for name in names}
    for rows, training in ((20, True), (7, True), (1, True), (20, False), (1, False)):
        batch = {n: randomly.numbers(rows, 4, seed=rows + k) for k, n in enumerate(BATCH)}
        x = concat.forward(*batch.values())
        module.train(training)
        found = module({name: torch.from_numpy(column) for name, column in batch.items()})
        h = [TRAINING[op](part(weights, n), x, running[n], training=training) for n in names]
        expected = out(weights, concat.forward(*h))
        np.testing.assert_allclose(found["click"].detach().numpy(), expected, atol=1e-9)


JOINS: dict[str, Callable[..., Array]] = {
    "concat": concat.forward,
    "sum": sum.forward,
    "mean": mean.forward,
    "max": max.forward,
    "min": min.forward,
    "product": product.forward,
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


@pytest.mark.parametrize("op", ["max", "min", "product"])
def test_an_op_of_two_values_agrees(op: str):
    found, weights, x = logits(
        "layer a[task] = features -> linear(6)\n"
        "layer b = features -> linear(6)\n"
        f"let c[task] = {op}(a[task], b)\n"
        "head[task] = c[task]"
    )
    a, b = (linear.forward(part(weights, name), x, 6) for name in ("a[click]", "b"))
    np.testing.assert_allclose(found, out(weights, JOINS[op](a, b)), atol=1e-9)


def test_the_inner_product_agrees():
    found, weights, x = logits(
        "layer a = features -> linear(6)\n"
        "layer b[2] = features -> linear(6)\n"
        "let c[i in b] = dot(a, b[i])\n"
        "head[click] = concat(c)"
    )
    a, b, c = (linear.forward(part(weights, name), x, 6) for name in ("a", "b[1]", "b[2]"))
    both = concat.forward(dot.forward(a, b), dot.forward(a, c))
    np.testing.assert_allclose(found, out(weights, both), atol=1e-9)


MATRICES = """
    layer a = features -> linear(4)
    layer b[3] = features -> linear(4)
    layer c[task, 2] = features -> linear(4)
    weight w[2] : f32[4, 3]
    weight v : f32[3] = normal(1)
"""


def matrices(name: str, axes: str) -> tuple[Array, dict[str, Array], Array]:
    """A model whose prediction is made of a value of two axes, flattened: its logits before."""
    return logits(f'{MATRICES}let y = {name}\nlet z = einsum("{axes}", y, y)\nhead[click] = z')


def squares(weights: Weights, y: Array, axes: str) -> Array:
    return out(weights, np.einsum(f"z{axes[:2]},z{axes[3:5]}->z{axes[-1]}", y, y))


STACKS: dict[str, Callable[[Callable[[str], Array]], Array]] = {
    "stack(b)": lambda h: stack.forward(h("b[1]"), h("b[2]"), h("b[3]")),
    "stack(a, b[2..], a)": lambda h: stack.forward(h("a"), h("b[2]"), h("b[3]"), h("a")),
    "stack(c[click])": lambda h: stack.forward(h("c[click, 1]"), h("c[click, 2]")),
    "outer(a, b[1])": lambda h: outer.forward(h("a"), h("b[1]")),
    "transpose(outer(a, b[1]))": lambda h: transpose.forward(outer.forward(h("a"), h("b[1]"))),
    "stack(b) -> transpose": lambda h: transpose.forward(
        stack.forward(h("b[1]"), h("b[2]"), h("b[3]"))
    ),
}


@pytest.mark.parametrize("op", STACKS)
@pytest.mark.parametrize("axes", ["ij,ij->j", "ij,ij->i"])
def test_an_op_that_makes_a_matrix_agrees(op: str, axes: str):
    found, weights, x = matrices(op, axes)
    y = STACKS[op](lambda name: linear.forward(part(weights, name), x, 4))
    np.testing.assert_allclose(found, squares(weights, y, axes), atol=1e-9)


def test_members_make_matrices_of_their_own():
    found, weights, x = logits(
        f"{MATRICES}let y[task] = stack(c[task], a)\n"
        'let z[task] = einsum("ij,i->j", y[task], v)\n'
        "head[task] = z[task]"
    )
    names = ("c[click, 1]", "c[click, 2]", "a")
    y = stack.forward(*(linear.forward(part(weights, name), x, 4) for name in names))
    expected = np.einsum("bij,i->bj", y, weights["v.weight"])
    np.testing.assert_allclose(found, out(weights, expected), atol=1e-9)


def test_learned_arrays_are_stacked_and_turned():
    found, weights, x = logits(
        f'{MATRICES}let y = einsum("nij,b->ij", stack(w), v) -> transpose\n'
        "let z = matmul(outer(v, v), y)\nhead[click] = matmul(a, transpose(z))"
    )
    w, v = [weights[f"w[{i}].weight"] for i in (1, 2)], weights["v.weight"]
    z = outer.forward(v, v) @ ((w[0] + w[1]) * v.sum()).T
    a = linear.forward(part(weights, "a"), x, 4)
    np.testing.assert_allclose(found, out(weights, a @ z.T), atol=1e-9)


@pytest.mark.parametrize(("op", "oracle"), [("log", log), ("sqrt", sqrt)])
def test_what_has_no_value_is_no_number(op: str, oracle: ModuleType):
    run = compiled_op(op)
    x = np.array([[-1.0], [0.0], [4.0]])
    found = run(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, oracle.forward(x))


GRADIENTS: dict[str, Callable[[Array], Array]] = {
    "stop_gradient": stop_gradient.gradient,
    "reverse_gradient": reverse_gradient.gradient,
    "reverse_gradient(0.3)": lambda above: reverse_gradient.gradient(above, 0.3),
}


@pytest.mark.parametrize("op", GRADIENTS)
def test_an_op_that_changes_the_gradient_alone(op: str):
    run = compiled_op(op)
    x = torch.randn(5, 1, dtype=torch.float64, requires_grad=True)
    above = torch.randn(5, 1, dtype=torch.float64)
    y = run(x) + 0 * x
    np.testing.assert_array_equal(y.detach().numpy(), x.detach().numpy())
    y.backward(above)
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), GRADIENTS[op](above.numpy()), rtol=1e-15)


def test_a_family_without_gradient_is_mixed_as_any_other():
    text = mtlspec.Text("stem.mtl", f"{TWO}model m {{\n{STEM}\n}}\n")
    module = mtlspec.compile(text).module(seed=0)
    batch = {"age": torch.randn(4, 2)}
    module(batch)["click"].sum().backward()
    grad = module.get_parameter("mine.layers.0.weight").grad
    assert grad is not None
    assert grad[0].abs().sum() > 0
    assert grad[1].abs().sum() == 0


STEM = """
    expert mine[task] = features -> linear(3)
    gate h[task] = mine[task], stop_gradient(mine[!task]) by features
    head[task] = h[task]
"""


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
