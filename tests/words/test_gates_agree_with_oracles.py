"""Gates with their options agree with the oracles, compiled."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import torch

from mtlspec.words.registry import find
from tests.models.compiled import tensors
from tests.words.mixes import (
    BATCH,
    EXPERTS,
    ROWS,
    WIDTH,
    X,
    assert_serves,
    candidates,
    compiled,
    filled,
    served,
)
from tests.words.oracles import Array, hard_concrete, jitter, linear, part, sigmoid, softmax, top

TASKS = ("click", "buy")
FAMILY = f"expert e[task, 2] = features -> linear({WIDTH})\n"


def mixed(coefficients: Array, values: Array) -> Array:
    """[B, n] and [n, B, d] -> [B, d]."""
    return np.einsum("bn,nbd->bd", coefficients, values)


# --- what a coefficient is -----------------------------------------------------------------------


@pytest.mark.parametrize("router", ["", "sigmoid"])
def test_a_coefficient_per_channel_is_computed_row_by_row(router: str) -> None:
    options = ", ".join(filter(None, (router, "per: channel")))
    module, weights = filled(
        f"{EXPERTS}gate({options}) g[task] = e, s by age\nhead[task] = g[task]"
    )
    values = candidates(weights)
    for task in TASKS:
        scores = (BATCH["age"] @ weights[f"g[{task}].gate.weight"].T).reshape(ROWS, 5, WIDTH)
        of = sigmoid.coefficients if router else softmax.coefficients
        a = of(scores.transpose(0, 2, 1))  # [B, d, n]
        assert_serves(module, weights, task, np.einsum("bdn,nbd->bd", a, values))


def test_a_single_value_is_weighed_channel_by_channel_too() -> None:
    module, weights = filled("gate(sigmoid, per: channel) g = features by age\nhead[task] = g")
    a = sigmoid.coefficients(BATCH["age"] @ weights["g.gate.weight"].T)
    assert_serves(module, weights, "buy", a * X)


# --- matrices ------------------------------------------------------------------------------------

NDDR = """
    layer f[task] = features -> linear(6)
    layer s       = features -> linear(4)
"""


def side_by_side(weights: Mapping[str, Array], names: Sequence[str]) -> Array:
    """The values of `NDDR`, joined."""
    widths = {"s": 4}
    values = [linear.forward(part(weights, n), X, widths.get(n, WIDTH)) for n in names]
    return np.concatenate(values, axis=-1)


def test_a_matrix_per_candidate_is_one_layer_of_them_side_by_side() -> None:
    module, weights = filled(f"{NDDR}stitch(per: matrix) m[task] = f\nhead[task] = m[task]")
    for task in TASKS:
        x = side_by_side(weights, ["f[click]", "f[buy]"])
        assert_serves(module, weights, task, x @ weights[f"m[{task}].mixing"])


@pytest.mark.parametrize("router", ["free", "sigmoid", "hard_concrete"])
def test_candidates_of_matrices_may_differ_in_width(router: str) -> None:
    module, weights = filled(
        f"{NDDR}stitch({router}, per: matrix) m[task] = s, f[task]\nhead[task] = m[task]"
    )
    of = {
        "free": lambda scores: scores,
        "sigmoid": sigmoid.coefficients,
        "hard_concrete": lambda scores: hard_concrete.coefficients(
            scores, beta=2 / 3, zeta=1.1, gamma=-0.1
        ),
    }[router]
    for task in TASKS:
        a = of(weights[f"m[{task}].mixing"])
        assert a.shape == (10, 6), "as wide as the member's own candidate"
        assert_serves(module, weights, task, side_by_side(weights, ["s", f"f[{task}]"]) @ a)


def test_a_gate_computes_matrices_row_by_row() -> None:
    module, weights = filled(f"""
        {NDDR}
        gate(free, per: matrix, bias: yes) m[task] = f[task], s by age
        head[task] = m[task]
    """)
    for task in TASKS:
        scores = BATCH["age"] @ weights[f"m[{task}].gate.weight"].T
        a = (scores + weights[f"m[{task}].gate.bias"]).reshape(ROWS, 10, 6)
        x = side_by_side(weights, [f"f[{task}]", "s"])
        assert_serves(module, weights, task, np.einsum("bi,bij->bj", x, a))


@pytest.mark.parametrize(
    "mix",
    [
        "stitch(per: matrix) m[task] = {}",
        "gate(free, per: matrix, init: own(0.9)) m[task] = {} by age",
    ],
)
def test_matrices_begin_with_numbers_on_their_diagonals(mix: str) -> None:
    made = compiled(f"{NDDR}{mix.format('f, s')}\nhead[task] = m[task]")
    name = "m[buy].mixing" if mix.startswith("stitch") else "m[buy].gate.bias"
    expected = np.concatenate([0.05 * np.eye(6), 0.9 * np.eye(6), 0.05 * np.eye(4, 6)])
    for seed in (0, None):
        found = made.weights(made.module(seed=seed))[name].numpy()
        np.testing.assert_allclose(found.reshape(16, 6), expected, atol=1e-7)


# --- scores and candidates that members share, or rows do ----------------------------------------


def test_members_may_weigh_their_own_candidates_by_scores_in_common() -> None:
    module, weights = filled(f"""
        {EXPERTS}
        layer q = features -> linear(2)
        gate(sigmoid) g[task] = e[task] by scores(q)
        gate(free) rest = s by scores(age -> linear(1))
        head[task] = g[task] + 0 * rest
    """)
    a = sigmoid.coefficients(linear.forward(part(weights, "q"), X, 2))
    for task, values in zip(TASKS, np.split(candidates(weights)[:4], 2), strict=True):
        assert_serves(module, weights, task, mixed(a, values))


@pytest.mark.parametrize("per", ["scalar", "channel"])
def test_a_selector_without_rows_gives_one_mixture_for_all(per: str) -> None:
    module, weights = filled(f"""
        {EXPERTS}
        weight v[task] : f32[3] = normal(1)
        gate(sigmoid, per: {per}) g[task] = e, s by v[task]
        head[task] = g[task]
    """)
    for task in TASKS:
        scores = weights[f"g[{task}].gate.weight"] @ weights[f"v[{task}].weight"]
        a = sigmoid.coefficients(scores.reshape(5, -1))
        a = np.broadcast_to(a, (5, WIDTH))
        assert_serves(module, weights, task, np.einsum("nd,nbd->bd", a, candidates(weights)))


@pytest.mark.parametrize(
    "mix", ["stitch", "stitch(per: channel)", "stitch(per: matrix)", "gate(sigmoid)"]
)
def test_a_mix_of_weights_is_a_weight(mix: str) -> None:
    module, weights = filled(f"""
        weight v[3] : f32[8] = normal(1)
        weight k    : f32[2] = normal(1)
        {mix} w[task] = v {"by k" if mix.startswith("gate") else ""}
        let h[task] = features * w[task]
        head[task] = h[task]
    """)
    values = np.stack([weights[f"v[{i}].weight"] for i in (1, 2, 3)])
    for task in TASKS:
        if mix == "stitch(per: matrix)":
            w = values.reshape(-1) @ weights[f"w[{task}].mixing"]
        elif mix.startswith("gate"):
            w = (
                sigmoid.coefficients(weights[f"w[{task}].gate.weight"] @ weights["k.weight"])
                @ values
            )
        else:
            w = (weights[f"w[{task}].mixing"] * values).sum(axis=0)
        assert_serves(module, weights, task, X * w)


def test_weights_may_be_mixed_with_values_row_by_row() -> None:
    module, weights = filled(f"""
        layer s = features -> linear({WIDTH})
        weight v[2] : f32[6] = normal(1)
        gate g[task] = s, v by features
        gate(sigmoid, per: channel) h = v, s by features
        head[task] = concat(g[task], h)
    """)
    s = linear.forward(part(weights, "s"), X, WIDTH)
    v = [np.broadcast_to(weights[f"v[{i}].weight"], s.shape) for i in (1, 2)]
    scores = (X @ weights["h.gate.weight"].T).reshape(ROWS, 3, WIDTH)
    h = np.einsum("bnd,nbd->bd", sigmoid.coefficients(scores), np.stack([*v, s]))
    for task in TASKS:
        a = softmax.coefficients(X @ weights[f"g[{task}].gate.weight"].T)
        both = np.concatenate([mixed(a, np.stack([s, *v])), h], axis=-1)
        assert_serves(module, weights, task, both)


# --- how a gate begins ---------------------------------------------------------------------------


@pytest.mark.parametrize("per", ["scalar", "channel"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("init: own(0.9)", [0.45, 0.45, 0.05, 0.05]),
        ("sigmoid, init: last(0.7)", [0.1, 0.1, 0.1, 0.7]),
        ("init: even", [0.25] * 4),
        ("free, init: [1, -1, 0.5, 2]", [1, -1, 0.5, 2]),
        ("top(2), init: own(1)", [0.5, 0.5, 0, 0]),
    ],
)
def test_a_gate_begins_with_the_coefficients_that_are_asked_for_in_every_row(
    options: str, expected: list[float], per: str
) -> None:
    made = compiled(
        f"{FAMILY}gate({options}, per: {per}) g[task] = e by features\nhead[task] = g[task]"
    )
    weights = {name: w.double().numpy() for name, w in made.weights(made.module(seed=0)).items()}
    own_file = made.module(seed=None)  # what the emitted file begins with by itself
    for name, tensor in made.weights(own_file).items():
        if ".gate." in name:
            np.testing.assert_allclose(tensor.numpy(), weights[name], atol=1e-6)
    assert not weights["g[click].gate.weight"].any()
    scores = weights["g[click].gate.bias"].reshape(4, -1).T
    router = options.partition(",")[0]
    of = {
        "sigmoid": sigmoid.coefficients,
        "free": lambda scores: scores,
        "top(2)": lambda scores: top.coefficients(scores, k=2),
    }.get(router, softmax.coefficients)
    np.testing.assert_allclose(of(scores), np.tile(expected, (len(scores), 1)), atol=1e-6)


def test_a_gate_learns_as_much_faster_as_it_is_told() -> None:
    made = compiled(f"{EXPERTS}gate(lr: 10, bias: yes) g = e, s by features\nhead[task] = g")
    assert made.rates == {"g.gate.weight": 10, "g.gate.bias": 10}


# --- scores that are given -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("scores(q)", 5),
        ("scores(p, r, p)", 5),
    ],
)
def test_scores_are_taken_as_they_are_given(given: str, count: int) -> None:
    module, weights = filled(f"""
        {EXPERTS}
        layer q    = features -> linear(5)
        layer p[2] = features -> linear(1)
        layer r    = features -> linear(1)
        gate g[task] = e, s by {given}
        head[task] = g[task]
    """)
    assert not [name for name in weights if name.startswith("g")]
    if given == "scores(q)":
        scores = linear.forward(part(weights, "q"), X, 5)
    else:
        names = ("p[1]", "p[2]", "r", "p[1]", "p[2]")
        scores = np.concatenate([linear.forward(part(weights, n), X, 1) for n in names], axis=-1)
    assert scores.shape == (ROWS, count)
    expected = mixed(softmax.coefficients(scores), candidates(weights))
    assert_serves(module, weights, "buy", expected)


def test_what_scores_are_made_of_belongs_to_the_gate() -> None:
    module, weights = filled(f"""
        {EXPERTS}
        gate(sigmoid) g[task] = e[task], s by scores(features -> linear(3))
        head[task] = g[task]
    """)
    for task, values in zip(TASKS, np.split(candidates(weights)[:4], 2), strict=True):
        scores = linear.forward(part(weights, f"g[{task}]"), X, 3)
        listed = np.concatenate([values, candidates(weights)[4:]])
        assert_serves(module, weights, task, mixed(sigmoid.coefficients(scores), listed))


# --- top -----------------------------------------------------------------------------------------

TOP = {
    "top(1, renormalise: no)": {"k": 1, "renormalise": False},
    "top(1, renormalise: yes)": {"k": 1},
    "top(2)": {"k": 2},
    "top(3, renormalise: no)": {"k": 3, "renormalise": False},
    "top(5)": {"k": 5},
}


@pytest.mark.parametrize("per", ["scalar", "channel"])
@pytest.mark.parametrize("router", TOP)
def test_top_agrees(router: str, per: str) -> None:
    module, weights = filled(
        f"{EXPERTS}gate({router}, per: {per}) g = e, s by features\nhead[task] = g"
    )
    channels = WIDTH if per == "channel" else 1
    scores = (X @ weights["g.gate.weight"].T).reshape(ROWS, 5, channels)
    a = top.coefficients(scores.transpose(0, 2, 1), **TOP[router])
    expected = np.einsum("bdn,nbd->bd", np.broadcast_to(a, (ROWS, WIDTH, 5)), candidates(weights))
    assert_serves(module, weights, "buy", expected)


def test_of_equal_scores_the_first_are_kept() -> None:
    scores = torch.zeros(1, 5)
    np.testing.assert_array_equal(module_of("top").top(scores, 2, dim=-1), [[0.5, 0.5, 0, 0, 0]])


def module_of(router: str):
    """The PyTorch of a router, as emitted files hold it."""
    word = find("routers", router)
    assert word is not None
    return word.part("module")


@pytest.mark.parametrize("capacity", [0.3, 1.0, 1.25, 10.0])
def test_in_training_a_candidate_takes_only_so_many_rows(capacity: float) -> None:
    module, weights = filled(f"""
        {EXPERTS}
        gate(top(2, capacity: {capacity})) g[task] = e, s by features
        head[task] = g[task]
    """)
    module.train()
    for task in TASKS:
        chosen = top.coefficients(X @ weights[f"g[{task}].gate.weight"].T, k=2)
        a = top.within_capacity(chosen, k=2, capacity=capacity)
        assert (a != chosen).any() == (capacity < 10)
        assert_serves(module, weights, task, mixed(a, candidates(weights)))
        module.eval()
        assert_serves(module, weights, task, mixed(chosen, candidates(weights)))
        module.train()


def test_the_selector_of_a_top_gate_is_shaken_in_training_alone() -> None:
    module, weights = filled(f"""
        {EXPERTS}
        gate(top(1, renormalise: no, jitter: 0.3)) g[task] = e, s by features
        head[task] = g[task]
    """)
    module.train()
    torch.manual_seed(5)
    found = module(tensors(BATCH))
    torch.manual_seed(5)
    drawn = torch.empty(2, ROWS, 8, dtype=torch.float64).uniform_(0.7, 1.3).numpy()
    draws = (drawn - 0.7) / 0.6
    assert not np.allclose(draws[0], draws[1]), "each task has its own"
    for place, task in enumerate(TASKS):
        selector = jitter.forward(X, 0.3, draws[place])
        a = top.coefficients(selector @ weights[f"g[{task}].gate.weight"].T, k=1, renormalise=False)
        expected = served(weights, task, mixed(a, candidates(weights)))
        np.testing.assert_allclose(found[task].detach().numpy(), expected, atol=1e-9)
    module.eval()
    a = top.coefficients(X @ weights["g[buy].gate.weight"].T, k=1, renormalise=False)
    assert_serves(module, weights, "buy", mixed(a, candidates(weights)))


def test_a_stitch_keeps_the_same_candidates_in_all_rows() -> None:
    module, weights = filled(f"{EXPERTS}stitch(top(2)) g[task] = e, s\nhead[task] = g[task]")
    for task in TASKS:
        a = top.coefficients(weights[f"g[{task}].mixing"].T, k=2)
        assert_serves(module, weights, task, np.einsum("n,nbd->bd", a[0], candidates(weights)))
