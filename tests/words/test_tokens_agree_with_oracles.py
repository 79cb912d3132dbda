"""Ops on tokens agree with their oracles: what pads a list does not count."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import (
    Array,
    Weights,
    attend,
    attention,
    conv1d,
    expand,
    first,
    gru,
    gru_cell,
    last,
    linear,
    lstm,
    part,
    pool,
    positions,
    softmax,
    transformer,
)

SCHEMA = """
mtl 1
features {
    age : numeric
    item : category(dim: 5, hash: 20)
    seen : sequence(of: item, max: 7, pool: no)
}
tasks { click, buy : binary }
"""
IDS = np.array(
    [
        [3, 1, 4, 1, 5, 9, 2],
        [8, 0, 7, -1, -1, -1, -1],
        [6, -1, -1, -1, -1, -1, -1],
        [-1, -1, -1, -1, -1, -1, -1],
        [2, 2, 0, 18, 19, 20, -1],
    ]
)
MASK = IDS >= 0
ITEM = np.array([0, 4, 9, 13, 20])
AGE = randomly.numbers(len(IDS), 2, seed=1)


def run(body: str) -> tuple[dict[str, Array], dict[str, Array]]:
    """Of a model: what it predicts in float64, and its (random) weights."""
    compiled = mtlspec.compile(mtlspec.Text("op.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))
    module = compiled.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    compiled.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    batch = {"age": AGE, "item": ITEM, "seen": IDS}
    with torch.no_grad():
        found = module({name: torch.from_numpy(column) for name, column in batch.items()})
    return {task: logits.numpy() for task, logits in found.items()}, weights


def tokens(weights: Weights) -> Array:
    """The vectors [B, L, 5] of a batch; those of padding are not to be read."""
    vectors = weights["item.weight"][np.maximum(IDS, 0)]
    return np.where(MASK[..., None], vectors, np.nan)


def predicted(weights: Weights, task: str, x: Array) -> Array:
    """The output layer that a head of plain values has."""
    layer = part(weights, f"head[{task}].out")
    return linear.forward({f"0.{name}": value for name, value in layer.items()}, x, 1)


def item(weights: Weights) -> Array:
    return weights["item.weight"][ITEM]


TO_ONE: dict[str, Callable[[Weights, Array], Array]] = {
    "seen -> pool": lambda _, x: pool.forward({}, x, MASK),
    "seen -> pool(sum)": lambda _, x: pool.forward({}, x, MASK, "sum"),
    "pool(seen, max)": lambda _, x: pool.forward({}, x, MASK, "max"),
    "first(seen)": lambda _, x: first.forward(x, MASK),
    "seen -> last": lambda _, x: last.forward(x, MASK),
    "attend(item, seen, seen)": lambda w, x: attend.forward(item(w), x, x, MASK),
    "item -> attend(seen, seen * 2)": lambda w, x: attend.forward(item(w), x, 2 * x, MASK),
    "softmax(seen, over: tokens) -> pool(max)": lambda _, x: pool.forward(
        {}, softmax.over_tokens(x, MASK), MASK, "max"
    ),
    "softmax(seen, 3, over: tokens) * seen -> pool(sum)": lambda _, x: pool.forward(
        {}, softmax.over_tokens(x, MASK, 3) * x, MASK, "sum"
    ),
    "item -> expand(like: seen) -> pool(sum)": lambda w, x: pool.forward(
        {}, expand.forward(item(w), x), MASK, "sum"
    ),
    "expand(item, seen) - seen -> pool": lambda w, x: pool.forward(
        {}, expand.forward(item(w), x) - x, MASK
    ),
}


@pytest.mark.parametrize("text", TO_ONE)
def test_tokens_become_one_vector(text: str):
    found, weights = run(f"let h = {text}\nhead[task] = h")
    expected = TO_ONE[text](weights, tokens(weights))
    for task, logits in found.items():
        np.testing.assert_allclose(logits, predicted(weights, task, expected), atol=1e-9)


TO_TOKENS: dict[str, Callable[[Weights, Array], Array]] = {
    "gru(3)": gru.forward,
    "lstm(3)": lstm.forward,
    "positions": positions.forward,
    "conv1d(3, 1)": lambda w, x: conv1d.forward(w, x, MASK),
    "conv1d(3, 4)": lambda w, x: conv1d.forward(w, x, MASK),
    "conv1d(3, k: 9)": lambda w, x: conv1d.forward(w, x, MASK),
    "attention(1)": lambda w, x: attention.forward(w, x, MASK, 1),
    "attention(3)": lambda w, x: attention.forward(w, x, MASK, 3),
    "transformer(2, heads: 2, ffn: 7)": lambda w, x: transformer.forward(w, x, MASK, 2, 2, 7),
}


def shifted(weights: Weights) -> dict[str, Array]:
    """The weights of a statement from its second op on, counted anew."""
    split = ((name.split(".", 1), value) for name, value in weights.items())
    return {f"{int(k) - 1}.{kind}": value for (k, kind), value in split if int(k) >= 1}


@pytest.mark.parametrize("members", ["one", "each"])
@pytest.mark.parametrize("op", TO_TOKENS)
def test_a_layer_of_tokens_agrees(op: str, members: str):
    index = "[task]" if members == "each" else ""
    found, weights = run(
        f"layer h{index} = seen -> linear(6) -> {op}\n"
        f"head[task] = concat(pool(h{index}, max), last(h{index}))"
    )
    for task, logits in found.items():
        own = part(weights, f"h[{task}]" if index else "h")
        first_op = {f"0.{name}": value for name, value in part(own, "0").items()}
        x = np.nan_to_num(linear.forward(first_op, tokens(weights), 6))
        h = TO_TOKENS[op](shifted(own), x)
        both = np.concatenate([pool.forward({}, h, MASK, "max"), last.forward(h, MASK)], axis=1)
        np.testing.assert_allclose(logits, predicted(weights, task, both), atol=1e-9)


def test_members_that_share_their_tokens_have_layers_of_their_own():
    found, weights = run(
        "layer a[task] = seen -> gru(4) -> last\n"
        "layer b[task] = seen -> positions -> pool(sum)\n"
        "head[task] = concat(a[task], b[task])"
    )
    x = np.nan_to_num(tokens(weights))
    for task, logits in found.items():
        a = last.forward(gru.forward(part(weights, f"a[{task}]"), x), MASK)
        b = positions.forward(part(weights, f"b[{task}]"), x)
        both = np.concatenate([a, pool.forward({}, b, MASK, "sum")], axis=1)
        np.testing.assert_allclose(logits, predicted(weights, task, both), atol=1e-9)


def test_a_step_of_a_recurrent_unit_agrees():
    found, weights = run(
        "layer a = gru_cell(item, last(seen))\n"
        "layer b[task] = gru_cell(item, a)\n"
        "layer c[task] = b[task] -> gru_cell(a)\n"
        "head[task] = c[task]"
    )
    a = gru_cell.forward(part(weights, "a"), item(weights), last.forward(tokens(weights), MASK))
    for task, logits in found.items():
        b = gru_cell.forward(part(weights, f"b[{task}]"), item(weights), a)
        c = gru_cell.forward(part(weights, f"c[{task}]"), b, a)
        np.testing.assert_allclose(logits, predicted(weights, task, c), atol=1e-9)


def test_tokens_attend_to_another_list_and_in_several_heads():
    found, weights = run(
        "layer q = seen -> linear(4)\n"
        "layer k = seen -> linear(4)\n"
        "let h = attend(q, k, q, heads: 2) -> pool(sum)\n"
        "let g = attend(first(q), k, q, heads: 2)\n"
        "head[task] = concat(h, g)"
    )
    x = tokens(weights)
    q, k = (np.nan_to_num(linear.forward(part(weights, name), x, 4)) for name in "qk")
    queries = [*q.swapaxes(0, 1), first.forward(q, MASK)]
    halves = [slice(0, 2), slice(2, 4)]
    heads = [
        np.concatenate(
            [attend.forward(o[:, h], k[..., h], q[..., h], MASK) for h in halves], axis=1
        )
        for o in queries
    ]
    h = pool.forward({}, np.stack(heads[:-1], axis=1), MASK, "sum")
    expected = np.concatenate([h, heads[-1]], axis=1)
    for task, logits in found.items():
        np.testing.assert_allclose(logits, predicted(weights, task, expected), atol=1e-9)


def test_members_attend_with_queries_keys_and_values_of_their_own():
    found, weights = run(
        "layer q[task] = item -> linear(4)\n"
        "layer k[task] = seen -> linear(4)\n"
        "let h[task] = attend(q[task], k[task], seen)\n"
        "let g[task] = attend(item, seen, k[task])\n"
        "let e[task] = expand(q[task], like: k[task]) * expand(q[task], like: seen) -> pool\n"
        "let l[task] = last(k[task]) + first(k[task])\n"
        "head[task] = concat(h[task], g[task], e[task], l[task])"
    )
    x = tokens(weights)
    for task, logits in found.items():
        q = linear.forward(part(weights, f"q[{task}]"), item(weights), 4)
        k = linear.forward(part(weights, f"k[{task}]"), x, 4)
        h = attend.forward(q, k, x, MASK)
        g = attend.forward(item(weights), x, k, MASK)
        e = pool.forward({}, expand.forward(q, x) ** 2, MASK)
        ends = last.forward(k, MASK) + first.forward(k, MASK)
        expected = np.concatenate([h, g, e, ends], axis=1)
        np.testing.assert_allclose(logits, predicted(weights, task, expected), atol=1e-9)


@pytest.mark.parametrize("how", ["mean", "sum", "max"])
def test_tokens_of_a_family_become_one_vector_each(how: str):
    found, weights = run(f"layer h[task] = seen -> linear(4) -> pool({how})\nhead[task] = h[task]")
    for task, logits in found.items():
        h = linear.forward(part(weights, f"h[{task}]"), tokens(weights), 4)
        expected = pool.forward({}, h, MASK, how)
        np.testing.assert_allclose(logits, predicted(weights, task, expected), atol=1e-9)
