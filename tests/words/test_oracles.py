"""The oracles against numbers worked out by hand, and against PyTorch where it has the function."""

import math
from types import ModuleType

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.words.oracles import (
    Array,
    abs,
    binary,
    by_value,
    category,
    clip,
    concat,
    cos,
    count,
    dot,
    dropout,
    exp,
    gelu,
    kl,
    l1,
    l2,
    l21,
    laplacian,
    linear,
    log,
    log1p,
    ltv,
    max,
    mean,
    mean_constraint,
    min,
    mlp,
    multiclass,
    multilabel,
    normalize,
    numeric,
    ordinal,
    part,
    piecewise,
    product,
    regression,
    relu,
    retrieval,
    sigmoid,
    softmax,
    sqrt,
    sum,
    swish,
    tanh,
    trace_norm,
    unit,
)

NAN = math.nan


def column(*values: float) -> Array:
    return np.array(values, dtype=np.float64)[:, None]


def test_linear_weights_are_outputs_by_inputs():
    weights = {"0.weight": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), "0.bias": np.ones(3)}
    y = linear.forward(weights, np.array([[1.0, 10.0]]), 3)
    np.testing.assert_array_equal(y, [[22.0, 44.0, 66.0]])


def test_the_last_layer_of_an_mlp_is_activated_unless_told_otherwise():
    weights = {"0.weight": -np.eye(2), "0.bias": np.zeros(2)}
    x = np.array([[1.0, -2.0]])
    np.testing.assert_array_equal(mlp.forward(weights, x, 2), [[0.0, 2.0]])
    np.testing.assert_array_equal(mlp.forward(weights, x, 2, last="linear"), [[-1.0, 2.0]])


def test_an_mlp_is_the_chain_of_its_layers():
    rng = np.random.default_rng(0)
    weights = {
        "0.weight": rng.normal(size=(4, 3)),
        "0.bias": rng.normal(size=4),
        "1.weight": rng.normal(size=(2, 4)),
        "1.bias": rng.normal(size=2),
    }
    x = rng.normal(size=(5, 3))
    inner = np.maximum(x @ weights["0.weight"].T + weights["0.bias"], 0)
    outer = np.maximum(inner @ weights["1.weight"].T + weights["1.bias"], 0)
    np.testing.assert_allclose(mlp.forward(weights, x, 4, 2), outer, atol=1e-15)


def test_a_part_of_the_weights_does_not_take_in_a_longer_name():
    weights = {"e[1].0.weight": np.ones(1), "e[10].0.weight": np.zeros(1)}
    assert part(weights, "e[1]") == {"0.weight": np.ones(1)}


@pytest.mark.parametrize(
    ("oracle", "reference"),
    [
        (relu.forward, F.relu),
        (gelu.forward, F.gelu),
        (swish.forward, F.silu),
        (tanh.forward, torch.tanh),
        (sigmoid.forward, torch.sigmoid),
        (softmax.forward, lambda x: torch.softmax(x, dim=-1)),
        (abs.forward, torch.abs),
        (exp.forward, torch.exp),
        (log.forward, torch.log),
        (sqrt.forward, torch.sqrt),
        (unit.forward, F.normalize),
        (lambda x: clip.forward(x, -2, 1), lambda x: torch.clamp(x, -2, 1)),
    ],
)
def test_activations_agree_with_pytorch_from_tiny_to_huge(oracle, reference):
    x = np.array([[-800.0, -30.0, -1.5, -1e-3, 0.0], [1e-3, 0.5, 2.0, 30.0, 800.0]])
    expected = reference(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(oracle(x), expected, rtol=1e-12, atol=1e-15)


def test_a_router_divides_by_its_temperature():
    a = softmax.coefficients(np.array([[0.0, math.log(9.0)]]), temperature=2.0)
    np.testing.assert_allclose(a, [[0.25, 0.75]])


def test_concat_sum_and_mean_of_values():
    a, b = np.array([[1.0, 2.0]]), np.array([[5.0, 8.0]])
    np.testing.assert_array_equal(concat.forward(a, b), [[1.0, 2.0, 5.0, 8.0]])
    np.testing.assert_array_equal(sum.forward(a, b, b), [[11.0, 18.0]])
    np.testing.assert_array_equal(mean.forward(a, b), [[3.0, 5.0]])


def test_the_greatest_the_least_and_the_product_of_values():
    a, b = np.array([[1.0, 8.0]]), np.array([[5.0, 2.0]])
    np.testing.assert_array_equal(max.forward(a, b), [[5.0, 8.0]])
    np.testing.assert_array_equal(min.forward(a, b), [[1.0, 2.0]])
    np.testing.assert_array_equal(product.forward(a, b, b), [[25.0, 32.0]])
    np.testing.assert_array_equal(dot.forward(a, b), [[21.0]])


def test_a_vector_of_zeros_has_no_direction():
    np.testing.assert_array_equal(
        unit.forward(np.array([[0.0, 0.0], [3.0, 4.0]])), [[0, 0], [0.6, 0.8]]
    )


MATRICES = [np.array([[3.0, 0.0], [4.0, 0.0], [0.0, 0.0]]), np.array([[0.0], [0.0], [-2.0]])]


def test_penalties_of_matrices_worked_out_by_hand():
    assert l1.value(*MATRICES) == 9
    assert l2.value(*MATRICES) == 29
    assert l21.value(*MATRICES) == 3 + 4 + 2
    assert trace_norm.value(*MATRICES) == pytest.approx(5 + 2)
    assert mean_constraint.value(np.zeros((1, 1)), np.full((1, 1), 2.0)) == 1 + 1
    assert mean_constraint.value(np.zeros((1, 1)), np.full((1, 1), 4.0), squared=False) == 2 + 2


def test_the_laplacian_is_the_sum_over_edges():
    a, b, c = (np.random.default_rng(seed).normal(size=(2, 3)) for seed in range(3))
    by_edges = ((a - b) ** 2).sum() + 0.5 * ((a - c) ** 2).sum()
    assert laplacian.value(a, b, c, edges=[(1, 2, 1.0), (3, 1, 0.5)]) == pytest.approx(by_edges)
    all_pairs = [(1, 2, 1.0), (1, 3, 1.0), (2, 3, 1.0)]
    together = laplacian.value(a, b, c, edges=all_pairs)
    assert together == pytest.approx(3 * mean_constraint.value(a, b, c))


@pytest.mark.parametrize("penalty", [l1, l21, trace_norm])
def test_a_proximal_map_is_a_minimum(penalty: ModuleType):
    rng = np.random.default_rng(0)
    w = rng.normal(size=(4, 3))
    found = penalty.prox(w, 0.7)

    def objective(v: Array) -> float:
        return 0.7 * penalty.value(v) + 0.5 * ((v - w) ** 2).sum()

    for _ in range(200):
        assert objective(found) <= objective(found + rng.normal(scale=0.01, size=w.shape))


def test_distributions_and_directions():
    p, q = np.array([[0.5, 0.5, 0.0]]), np.array([[0.25, 0.5, 0.25]])
    np.testing.assert_allclose(kl.value(p, q), [[0.5 * math.log(2)]])
    np.testing.assert_array_equal(kl.value(p, p), [[0.0]])
    x = np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(cos.value(x, 2 * x), [[1.0], [1.0], [0.0]])


def test_dropout_keeps_everything_when_evaluated():
    x = np.array([[1.0, 2.0]])
    np.testing.assert_array_equal(dropout.forward(x, 0.9), x)


def test_the_binary_loss_is_the_mean_over_labelled_rows():
    logits, labels = column(0.0, 2.0, -3.0), column(1.0, NAN, 0.0)
    expected = (math.log(2) + math.log1p(math.exp(-3))) / 2
    assert binary.loss(logits, labels) == pytest.approx(expected, abs=1e-15)


def test_the_binary_loss_agrees_with_pytorch_far_from_zero():
    logits, labels = column(-60.0, -1.0, 4.0, 60.0), column(1.0, 0.0, 1.0, 0.0)
    expected = F.binary_cross_entropy_with_logits(
        torch.from_numpy(logits), torch.from_numpy(labels)
    )
    assert binary.loss(logits, labels) == pytest.approx(float(expected), rel=1e-14)


def test_the_binary_loss_of_a_batch_without_labels_is_zero():
    assert binary.loss(column(3.0, -3.0), column(NAN, NAN)) == 0.0
    assert binary.loss(column(), column()) == 0.0


def test_normalize_uses_the_training_rows():
    fitted = normalize.fit(column(1.0, 3.0))
    np.testing.assert_allclose(normalize.encode(fitted, column(2.0, 5.0)), column(0.0, 3.0))


def test_normalize_makes_a_constant_column_zero():
    fitted = normalize.fit(column(0.1, 0.1, 0.1))
    np.testing.assert_array_equal(normalize.encode(fitted, column(0.1, 7.0)), column(0.0, 0.0))


def test_log1p_keeps_the_sign():
    encoded = log1p.encode(None, column(math.e - 1, 0.0, 1 - math.e))
    np.testing.assert_allclose(encoded, column(1.0, 0.0, -1.0))


def test_few_distinct_values_are_the_edges():
    fitted = piecewise.fit(column(3.0, 1.0, 1.0, 2.0), 4)
    assert fitted.edges == (1.0, 2.0, 3.0)
    encoded = piecewise.encode(fitted, column(0.0, 1.25, 2.5, 9.0))
    expected = [[0, 0, 0, 0], [0.25, 0, 0, 0], [1, 0.5, 0, 0], [1, 1, 0, 0]]
    np.testing.assert_array_equal(encoded, expected)


def test_many_distinct_values_are_cut_at_their_quantiles():
    fitted = piecewise.fit(column(*range(101)), 4)
    assert fitted.edges == (0.0, 25.0, 50.0, 75.0, 100.0)


def test_quantiles_are_those_of_numpy():
    rng = np.random.default_rng(1)
    values = rng.lognormal(size=1_000).astype(np.float32).astype(np.float64)
    fitted = piecewise.fit(values[:, None], 16)
    expected = np.quantile(values, np.arange(17) / 16, method="linear").astype(np.float32)
    np.testing.assert_array_equal(fitted.edges, expected.astype(np.float64))


def test_a_value_that_takes_most_rows_leaves_edges_to_the_distinct_values():
    values = column(*([0.0] * 90), *range(1, 11))
    # the quantiles are 0, 0, 0, 0, 10; those of the distinct values 0, 2.5, 5, 7.5, 10
    fitted = piecewise.fit(values, 4)
    assert fitted.edges == (0.0, 2.5, 5.0, 7.5, 10.0)


def test_edges_are_topped_up_from_the_lowest():
    values = column(*([0.0] * 60), *range(1, 41))
    # the quantiles are 0, 0, 0, 15.25, 40; those of the distinct values 0, 10, 20, 30, 40
    fitted = piecewise.fit(values, 4)
    assert fitted.edges == (0.0, 10.0, 15.25, 20.0, 40.0)


@pytest.mark.parametrize("values", [column(), column(5.0, 5.0)])
def test_a_column_of_one_value_or_none_has_no_bins(values):
    fitted = piecewise.fit(values, 3)
    np.testing.assert_array_equal(piecewise.encode(fitted, column(1.0, 5.0)), np.zeros((2, 3)))


def test_a_null_number_becomes_the_training_mean_and_is_told():
    train = np.array([1.0, NAN, 3.0])
    fitted = numeric.fit(train, [("normalize",)])
    encoded = numeric.encode(fitted, np.array([NAN, 3.0]))
    np.testing.assert_allclose(encoded, [[0.0, 1.0], [1.0, 0.0]])


def test_the_mean_is_taken_before_the_encodings():
    train = np.array([0.0, NAN, 2 * (math.e - 1)])
    fitted = numeric.fit(train, [("log1p",)])
    np.testing.assert_allclose(numeric.encode(fitted, np.array([NAN])), [[1.0, 1.0]])


def test_encodings_are_applied_and_fitted_from_left_to_right():
    train = np.array([0.0, math.e - 1, math.e - 1, 0.0])
    fitted = numeric.fit(train, [("log1p",), ("normalize",)])
    encoded = numeric.encode(fitted, np.array([math.e**2 - 1]))
    np.testing.assert_allclose(encoded, [[(2 - 0.5) / 0.5, 0.0]])


@pytest.mark.parametrize(
    ("encodings", "width"),
    [([("normalize",)], 2), ([("piecewise", 16)], 17), ([("log1p",), ("normalize",)], 2)],
)
def test_the_indicator_is_the_last_of_the_columns(encodings, width):
    train = np.arange(50.0)
    encoded = numeric.encode(numeric.fit(train, encodings), np.array([1.0, NAN]))
    assert encoded.shape == (2, width)
    np.testing.assert_array_equal(encoded[:, -1], [0.0, 1.0])


def test_a_column_without_a_value_is_zero_and_the_indicator():
    fitted = numeric.fit(np.array([NAN, NAN]), [("log1p",), ("normalize",)])
    np.testing.assert_array_equal(numeric.encode(fitted, np.array([NAN])), [[0.0, 1.0]])


def test_rows_of_a_table_are_null_then_unknown_then_known_in_order():
    fitted = category.fit(["pear", None, "apple", "pear"], oov=2)
    assert fitted.rows == 5
    rows = category.ids(fitted, [None, "apple", "pear", "fig"], bucket=lambda _: 1)
    np.testing.assert_array_equal(rows, [0, 3, 4, 2])


def test_numbers_are_sorted_as_numbers():
    fitted = category.fit([10, 9, 100])
    assert fitted.known == (9, 10, 100)


def test_a_rare_value_is_unknown():
    fitted = category.fit(["a", "b", "b"], min_count=2)
    np.testing.assert_array_equal(category.ids(fitted, ["a", "b"]), [1, 2])


def test_a_category_is_a_row_of_its_table():
    table = np.arange(6.0).reshape(3, 2)
    rows = np.array([2, 0], dtype=np.int64)
    np.testing.assert_array_equal(category.forward({"weight": table}, rows), [[4, 5], [0, 1]])


def test_the_pinball_loss_is_least_at_the_quantile():
    labels = np.arange(100.0)[:, None]
    losses = [
        regression.loss(np.full((100, 1), z), labels, "quantile", quantile=0.9) for z in range(100)
    ]
    assert np.argmin(losses) in (89, 90)


def test_hubers_loss_is_squared_near_and_even_far():
    near, far = column(0.5), column(4.0)
    assert regression.loss(near, column(0.0), "huber") == 0.125
    assert regression.loss(far, column(0.0), "huber") == 3.5


def test_a_logarithm_of_one_more_is_undone_when_served():
    assert regression.loss(column(math.log(4.0)), column(3.0), transform="log1p") == 0
    np.testing.assert_allclose(regression.serve(column(math.log(4.0)), "log1p"), column(3.0))


def test_the_poisson_loss_is_least_at_the_mean_count():
    labels = column(1.0, 2.0, 6.0, NAN)
    rates = np.linspace(0.5, 8, 200)
    losses = [count.loss(np.full((4, 1), math.log(rate)), labels) for rate in rates]
    assert rates[np.argmin(losses)] == pytest.approx(3, abs=0.05)


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    assert multiclass.loss(np.zeros((2, 5)), column(0.0, 4.0)) == pytest.approx(math.log(5))
    assert multiclass.loss(np.zeros((1, 5)), column(NAN)) == 0


def test_a_label_that_is_not_known_does_not_count_among_several():
    logits = np.array([[0.0, 50.0, -3.0]])
    assert multilabel.loss(logits, np.array([[1.0, NAN, NAN]])) == pytest.approx(math.log(2))


def test_a_value_of_0_costs_the_entropy_alone():
    predictions = np.array([[0.0, 7.0, 1.0]])
    assert ltv.loss(predictions, column(0.0)) == pytest.approx(math.log(2))


def test_the_lognormal_density_is_that_of_its_logarithm():
    predictions = np.array([[30.0, 1.5, 0.3]])
    s = math.log1p(math.exp(0.3))
    z = (math.log(5.0) - 1.5) / s
    density = math.exp(-z * z / 2) / (5.0 * s * math.sqrt(2 * math.pi))
    assert ltv.loss(predictions, column(5.0)) == pytest.approx(-math.log(density), rel=1e-9)
    expected = math.exp(1.5 + s * s / 2)
    assert ltv.serve(predictions)[0, 0] == pytest.approx(expected, rel=1e-9)


def test_grades_are_the_steps_between_their_probabilities():
    logits = np.array([[math.log(4.0), 0.0, -math.log(4.0)]])  # above: 0.8, 0.5, 0.2
    np.testing.assert_allclose(ordinal.serve(logits), [[0.2, 0.3, 0.3, 0.2]])
    expected = -math.log(0.8) - math.log(0.5) - math.log(0.8)
    assert ordinal.loss(logits, column(1.0)) == pytest.approx(expected)


def test_the_only_positive_of_a_batch_costs_nothing():
    pairs = np.random.default_rng(0).normal(size=(3, 4))
    assert retrieval.loss(pairs, np.array([NAN, 1.0, NAN])) == 0
    assert retrieval.loss(pairs, np.array([1.0, 1.0, NAN])) == 0


def test_equal_scores_cost_the_logarithm_of_the_number_of_items():
    assert retrieval.loss(np.zeros((5, 4)), np.arange(5.0)) == pytest.approx(math.log(5))


def test_a_frequent_item_is_an_easier_negative():
    pairs, items = np.zeros((2, 2)), np.array([0.0, 1.0])
    found = retrieval.losses(pairs, items, log_q=np.log([0.8, 0.2]))
    np.testing.assert_allclose(found, [-math.log(0.2), -math.log(0.8)])


def test_users_count_by_their_rows_and_those_of_one_class_not_at_all():
    preds, target = column(0.1, 0.9, 0.5, 0.5, 0.2, 0.3, 0.4), column(0, 1, 1, 0, 1, 0, 1)
    users = ["a", "a", None, None, "b", "b", "c"]
    found = by_value.mean(by_value.auc, preds, target, users)
    assert found == pytest.approx((2 * 1 + 2 * 0.5 + 2 * 0) / 6)
