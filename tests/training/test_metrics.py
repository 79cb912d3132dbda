"""Metrics agree with their definitions, whatever the batches that they are fed with."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mtlspec.training.evaluation import build_metric
from mtlspec.words import registry
from mtlspec.words.metrics import BoundMetric, Judged, Metric
from mtlspec.words.tasks import Answer

Array = npt.NDArray[np.float64]
NAN = math.nan


def fed(name: str, answer: Answer, served: Array, labels: Array, parts: int = 3) -> float:
    word = registry.find("metrics", name)
    assert word is not None
    metric = build_metric(BoundMetric.of(word.bind()), Judged(answer, served.shape[1]))
    for p, y in zip(np.array_split(served, parts), np.array_split(labels, parts), strict=True):
        metric.update(torch.from_numpy(p), torch.from_numpy(y).float())
    return float(metric.compute())


def ranks(values: Array) -> Array:
    """From 1; equal values share the mean of theirs."""
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])


def spearman(z: Array, y: Array) -> float:
    return float(np.corrcoef(ranks(z), ranks(y))[0, 1])


NUMBERS: dict[str, Callable[[Array, Array], float]] = {
    "r2": lambda z, y: float(1 - ((y - z) ** 2).sum() / ((y - y.mean()) ** 2).sum()),
    "rmse": lambda z, y: float(np.sqrt(((y - z) ** 2).mean())),
    "mae": lambda z, y: float(np.abs(y - z).mean()),
    "spearman": spearman,
}


@pytest.mark.parametrize("size", [1.0, 1e6])
@pytest.mark.parametrize("name", NUMBERS)
def test_metrics_of_numbers(name: str, size: float) -> None:
    rng = np.random.default_rng(0)
    y = np.round(rng.normal(size=(50, 1)) * 2) * size
    z = np.round(y + rng.normal(size=(50, 1)) * size)
    assert fed(name, "number", z, y) == pytest.approx(NUMBERS[name](z[:, 0], y[:, 0]), rel=1e-5)


@pytest.mark.parametrize("name", ["r2", "spearman"])
def test_labels_that_are_all_the_same_give_no_value(name: str) -> None:
    z = np.arange(6.0)[:, None]
    assert math.isnan(fed(name, "number", z, np.full((6, 1), 3.0)))


def test_predictions_that_are_all_the_same_have_no_order() -> None:
    assert math.isnan(fed("spearman", "number", np.ones((6, 1)), np.arange(6.0)[:, None]))


def classes(rows: int = 60) -> tuple[Array, Array]:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(4), rows)
    return p, rng.integers(0, 4, (rows, 1)).astype(float)


@pytest.mark.parametrize("answer", ["class", "grade"])
def test_metrics_of_classes_and_grades(answer: Answer) -> None:
    p, y = classes()
    place = y[:, 0].astype(int)
    right = (p.argmax(axis=1) == place).mean()
    assert fed("accuracy", answer, p, y) == pytest.approx(right)
    given = p[np.arange(len(p)), place]
    assert fed("logloss", answer, p, y) == pytest.approx(-np.log(given).mean(), rel=1e-6)


def test_the_error_of_a_grade_is_counted_in_steps() -> None:
    p, y = classes()
    assert fed("mae", "grade", p, y) == pytest.approx(np.abs(p.argmax(axis=1) - y[:, 0]).mean())


def test_a_class_that_was_thought_impossible_keeps_logloss_finite() -> None:
    assert fed("logloss", "class", np.array([[1.0, 0.0]]), np.array([[1.0]]), 1) == 100


def test_metrics_of_several_labels_leave_out_what_is_not_known() -> None:
    rng = np.random.default_rng(2)
    p = rng.random((40, 3))
    y = np.where(rng.random((40, 3)) < 0.3, NAN, rng.integers(0, 2, (40, 3)).astype(float))
    known = ~np.isnan(y)
    right = ((p > 0.5) == (y == 1))[known].mean()
    assert fed("accuracy", "labels", p, y) == pytest.approx(right)
    each = -(y * np.log(p) + (1 - y) * np.log(1 - p))[known]
    assert fed("logloss", "labels", p, y) == pytest.approx(each.mean(), rel=1e-6)
    areas = [
        fed("auc", "yes or no", p[k, i, None], y[k, i, None], 1) for i, k in enumerate(known.T)
    ]
    assert fed("auc", "labels", p, y) == pytest.approx(np.mean(areas))


def test_a_label_that_is_always_the_same_does_not_count_in_the_mean_area() -> None:
    p = np.array([[0.1, 0.9], [0.8, 0.3]])
    y = np.array([[0.0, 1.0], [1.0, 1.0]])
    assert fed("auc", "labels", p, y, 1) == 1
    assert math.isnan(fed("auc", "labels", p, np.ones((2, 2)), 1))


def test_every_metric_says_what_it_judges_and_which_way_is_better() -> None:
    for name in registry.names("metrics"):
        word = registry.find("metrics", name)
        assert isinstance(word, Metric)
        assert word.judges
        assert word.title
