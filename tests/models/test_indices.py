"""Indices, pieces and streams reach the right members: small models written out by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

import mtlspec
from tests.models import cases, randomly
from tests.models.cases import FIELDS, TASKS
from tests.models.compiled import arrays, tensors
from tests.models.oracles.features import features
from tests.models.oracles.parts import gate, head, tower
from tests.words.oracles import Array, Weights, concat, mean, sum

Written = Callable[[Weights, Array], dict[str, Array]]
MODELS: dict[str, tuple[str, Written]] = {}


def by_hand(body: str):
    """Registers what a model's heads read, written out, beside its statements."""

    def register(oracle: Written) -> Written:
        MODELS[oracle.__name__] = (body, oracle)
        return oracle

    return register


def heads(w: Weights, read: dict[str, Array], widths: Sequence[int] = ()) -> dict[str, Array]:
    return {task: head(w, task, read[task], widths) for task in TASKS}


@by_hand("""
    set later = task[2..]
    layer q[task] = features -> mlp(8)
    let z[task[1]] = q[task[1]]
    layer z[t in later] = concat(q[t], z[t - 1]) -> dense(8)
    head[task] = z[task]
""")
def a_member_reads_the_one_before(w: Weights, x: Array) -> dict[str, Array]:
    z = {"income": tower(w, "q[income]", x, (8,))}
    for before, task in (("income", "marital"), ("marital", "student")):
        q = tower(w, f"q[{task}]", x, (8,))
        z[task] = tower(w, f"z[{task}]", concat.forward(q, z[before]), (8,))
    return heads(w, z)


@by_hand("""
    layer q[task] = features -> mlp(8)
    head[task] = concat(q[task], q[..task - 1])
""")
def a_slice_of_those_before_is_empty_for_the_first(w: Weights, x: Array) -> dict[str, Array]:
    income, marital, student = (tower(w, f"q[{task}]", x, (8,)) for task in TASKS)
    return heads(
        w,
        {
            "income": income,
            "marital": concat.forward(marital, income),
            "student": concat.forward(student, income, marital),
        },
    )


@by_hand("""
    layer a[3] = features -> mlp(8)
    layer b[task] = mean(a) -> mlp(8)
    head[task] = sum(a[1], b[!task])
""")
def a_complement_leaves_one_out(w: Weights, x: Array) -> dict[str, Array]:
    a = [tower(w, f"a[{i}]", x, (8,)) for i in (1, 2, 3)]
    income, marital, student = (tower(w, f"b[{t}]", mean.forward(*a), (8,)) for t in TASKS)
    return heads(
        w,
        {
            "income": sum.forward(a[0], marital, student),
            "marital": sum.forward(a[0], income, student),
            "student": sum.forward(a[0], income, marital),
        },
    )


@by_hand("""
    expert e[5] = features -> mlp(8)
    gate g[income]  = e[1], e[3] by features
    gate g[marital] = e[5], e[2] by features
    gate g[student] = e[4], e[1..2] by features
    head[task] = g[task]
""")
def a_family_in_pieces_of_unlike_sizes(w: Weights, x: Array) -> dict[str, Array]:
    e = {i: tower(w, f"e[{i}]", x, (8,)) for i in range(1, 6)}
    chosen = {"income": (1, 3), "marital": (5, 2), "student": (4, 1, 2)}
    return heads(w, {t: gate(w, f"g[{t}]", x, [e[i] for i in chosen[t]]) for t in TASKS})


@by_hand("""
    expert e[task, 3] = features -> mlp(8)
    gate g[task] = e[*, 2], e[task, 2..] by features
    head[task] = g[task]
""")
def all_of_one_place_beside_a_tasks_own(w: Weights, x: Array) -> dict[str, Array]:
    e = {(t, i): tower(w, f"e[{t}, {i}]", x, (8,)) for t in TASKS for i in (2, 3)}
    second = [e[task, 2] for task in TASKS]
    return heads(w, {t: gate(w, f"g[{t}]", x, [*second, e[t, 2], e[t, 3]]) for t in TASKS})


@by_hand("""
    expert e[4] = features -> mlp(8)
    gate g[task] = e by features
    gate k[task] = g, e[2..3], e[1] by features, g[task]
    head[task] = k[task]
""")
def a_mixture_of_mixtures_by_two_selectors(w: Weights, x: Array) -> dict[str, Array]:
    e = [tower(w, f"e[{i}]", x, (8,)) for i in (1, 2, 3, 4)]
    g = {task: gate(w, f"g[{task}]", x, e) for task in TASKS}
    candidates = [*g.values(), e[1], e[2], e[0]]
    return heads(w, {t: gate(w, f"k[{t}]", concat.forward(x, g[t]), candidates) for t in TASKS})


@by_hand("""
    expert e[4] = features -> mlp(8)
    gate g[task] = e by features -> mlp(5)
    head[task] = g[task]
""")
def a_gates_selector_has_layers_of_its_own(w: Weights, x: Array) -> dict[str, Array]:
    e = [tower(w, f"e[{i}]", x, (8,)) for i in (1, 2, 3, 4)]
    return heads(w, {t: gate(w, f"g[{t}]", tower(w, f"g[{t}]", x, (5,)), e) for t in TASKS})


@by_hand("""
    expert e[task, 1] = features -> mlp(8)
    gate g[task] = e[task] by features
    head[task] = g[task]
""")
def a_gate_of_one_candidate_is_the_candidate(w: Weights, x: Array) -> dict[str, Array]:
    assert not [name for name in w if ".gate." in name]
    return heads(w, {task: tower(w, f"e[{task}, 1]", x, (8,)) for task in TASKS})


@by_hand("""
    set later = task[2..]
    stream h[task] = features
    repeat 2 {
        expert e[task] = h[task] -> mlp(16)
        gate h[later] <- e by h[task[1]]
    }
    head[task] = h[task]
""")
def a_stream_that_is_not_moved_keeps_its_value(w: Weights, x: Array) -> dict[str, Array]:
    h = dict.fromkeys(TASKS, x)
    for j in (1, 2):
        e = [tower(w, f"e@{j}[{task}]", h[task], (16,)) for task in TASKS]
        h |= {task: gate(w, f"h@{j}[{task}]", x, e) for task in TASKS[1:]}
    return heads(w, h)


@by_hand("""
    stream s = features
    repeat 2 {
        repeat width in [8, 6] {
            layer s <- s -> mlp(width)
        }
    }
    head[task] = s -> mlp(4)
""")
def a_repeat_within_a_repeat_numbers_both(w: Weights, x: Array) -> dict[str, Array]:
    for i in (1, 2):
        for k, width in ((1, 8), (2, 6)):
            x = tower(w, f"s@{i}.{k}", x, (width,))
    return heads(w, dict.fromkeys(TASKS, x), (4,))


@pytest.mark.parametrize("name", MODELS)
def test_the_model_is_what_is_written_out(name: str):
    body, oracle = MODELS[name]
    tasks = "tasks { income, marital, student : binary }"
    text = f"mtl 1\n{cases.SCHEMA}{tasks}\nmodel m {{{body}}}\n"
    compiled = mtlspec.compile(mtlspec.Text(f"{name}.mtl", text), sizes=cases.SIZES)
    module = compiled.module(seed=0).double().eval()
    shapes = {key: tuple(value.shape) for key, value in compiled.weights(module).items()}
    weights = randomly.weights(shapes, seed=5)
    compiled.set_weights(module, tensors(weights))
    batch = cases.batch_of(30)
    expected = oracle(weights, features(weights, batch, FIELDS))
    found = arrays(module(tensors(batch)))
    for task in TASKS:
        assert expected[task].std() > 0.05, "a constant would prove nothing"
        np.testing.assert_allclose(found[task], expected[task], rtol=0, atol=1e-9)
