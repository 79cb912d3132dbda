"""Metrics within the rows of each value of a column, averaged, agree with their oracles."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torchmetrics.regression import MeanAbsoluteError

from mtlspec.training.evaluation import build_metric
from mtlspec.words import registry
from mtlspec.words.metrics import BoundMetric, Judged, Metric
from mtlspec.words.metrics._by_value.run import MeanByValue
from mtlspec.words.tasks import Answer
from tests.words.oracles import Array, by_value, ranking, retrieval

ROWS = 300
NAN = np.nan
Fed = tuple[Array, Array]


def by(name: str) -> BoundMetric:
    word = registry.find("metrics", name)
    assert word is not None
    return BoundMetric.of(word.bind(by="scenario"))


def found(name: str, answer: Answer, fed: Fed, values: list[str | None], parts: int) -> float:
    preds, target = fed
    numbers = {value: place for place, value in enumerate(dict.fromkeys(values))}
    groups = np.array([numbers[value] for value in values])
    metric = build_metric(by(name), Judged(answer, preds.shape[-1]))
    for rows in np.array_split(np.arange(len(target)), parts):
        metric.update(*(torch.from_numpy(x[rows]) for x in (preds, target, groups)))
    return float(metric.compute())


def drawn_values(count: int, rng: np.random.Generator) -> list[str | None]:
    """Some values have many rows, some one alone; null is one of them."""
    places = (count * rng.random(ROWS) ** 2).astype(int)
    return [None if place == 0 else f"v{place}" for place in places]


def yes_or_no(rng: np.random.Generator) -> Fed:
    """With ties among the probabilities."""
    return rng.integers(1, 10, (ROWS, 1)) / 10, rng.integers(0, 2, (ROWS, 1)) * 1.0


def labels(rng: np.random.Generator) -> Fed:
    known = rng.random((ROWS, 3)) < [1, 0.8, 0.5]
    y = np.where(known, rng.integers(0, 2, (ROWS, 3)), NAN)
    return rng.integers(1, 10, (ROWS, 3)) / 10, y


def classes(rng: np.random.Generator) -> Fed:
    return rng.dirichlet(np.ones(4), ROWS), rng.integers(0, 4, (ROWS, 1)) * 1.0


def numbers(rng: np.random.Generator) -> Fed:
    return np.round(rng.normal(size=(ROWS, 1)) * 3), np.round(rng.normal(size=(ROWS, 1)) * 2)


def pairs(rng: np.random.Generator) -> Fed:
    return np.round(rng.normal(size=(ROWS, 6)) * 4), rng.integers(0, 40, (ROWS, 1)) * 1.0


def of_ranks(value: Callable[[float], float]) -> by_value.Metric:
    """The mean of something of the rank of each row's item among the items of these rows."""

    def mean(preds: Array, target: Array) -> float:
        users, things = np.split(preds, 2, axis=1)
        scores, items = users @ things.T, target[:, 0]
        first = {item: j for j, item in reversed(list(enumerate(items)))}
        ranks = [
            retrieval.rank(np.array([row[j] for k, j in first.items() if k != items[i]]), row[i])
            for i, row in enumerate(scores)
        ]
        return float(np.mean([value(rank) for rank in ranks]))

    return mean


def orders(rng: np.random.Generator) -> Fed:
    """Scores with ties, and the relevance and the group of each row."""
    target = [rng.integers(0, 3, ROWS), rng.integers(0, 25, ROWS)]
    return np.round(rng.normal(size=(ROWS, 1)) * 2), np.stack(target, axis=1) * 1.0


def over_groups(of: by_value.Metric) -> by_value.Metric:
    """The mean over the groups of these rows that have an order."""
    return lambda preds, target: ranking.mean(of, preds[:, 0], *target.T)


CASES: dict[tuple[str, Answer], tuple[Callable[[np.random.Generator], Fed], by_value.Metric]] = {
    ("auc", "yes or no"): (yes_or_no, by_value.auc),
    ("auc", "labels"): (labels, by_value.mean_auc),
    ("accuracy", "yes or no"): (yes_or_no, by_value.accuracy),
    ("accuracy", "labels"): (labels, by_value.accuracy),
    ("accuracy", "class"): (classes, by_value.class_accuracy),
    ("accuracy", "grade"): (classes, by_value.class_accuracy),
    ("logloss", "yes or no"): (yes_or_no, by_value.logloss),
    ("logloss", "labels"): (labels, by_value.logloss),
    ("logloss", "class"): (classes, by_value.class_logloss),
    ("logloss", "grade"): (classes, by_value.class_logloss),
    ("mae", "number"): (numbers, by_value.mae),
    ("mae", "grade"): (classes, by_value.mae),
    ("rmse", "number"): (numbers, by_value.rmse),
    ("r2", "number"): (numbers, by_value.r2),
    ("spearman", "number"): (numbers, by_value.spearman),
    ("mrr", "pair"): (pairs, of_ranks(lambda rank: 1 / rank)),
    ("recall", "pair"): (pairs, of_ranks(lambda rank: rank <= 10)),
    ("ndcg", "score"): (orders, over_groups(ranking.ndcg)),
    ("mrr", "score"): (orders, over_groups(ranking.reciprocal_rank)),
    ("recall", "score"): (orders, over_groups(ranking.recall)),
}


@pytest.mark.parametrize("parts", [1, 7])
@pytest.mark.parametrize("count", [1, 4, 150])
@pytest.mark.parametrize(("name", "answer"), CASES)
def test_a_metric_by_the_values_of_a_column(name: str, answer: Answer, count: int, parts: int):
    draw, oracle = CASES[name, answer]
    rng = np.random.default_rng(count)
    fed, values = draw(rng), drawn_values(count, rng)
    expected = by_value.mean(oracle, *fed, values)
    assert found(name, answer, fed, values, parts) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("name", "answer"), CASES)
def test_by_a_column_of_one_value_it_is_the_metric_of_all_rows(name: str, answer: Answer):
    preds, target = CASES[name, answer][0](np.random.default_rng(5))
    word = by(name).word
    metric = build_metric(BoundMetric.of(word.bind()), Judged(answer, preds.shape[-1]))
    metric.update(torch.from_numpy(preds), torch.from_numpy(target))
    alone = found(name, answer, (preds, target), ["all"] * ROWS, 1)
    assert alone == pytest.approx(float(metric.compute()), rel=1e-6)


def test_every_metric_is_tried_with_all_that_it_judges():
    words = [registry.find("metrics", name) for name in registry.names("metrics")]
    assert {(w.name, a) for w in words if isinstance(w, Metric) for a in w.judges} == set(CASES)


def test_a_metric_that_knows_no_groups_is_taken_value_by_value():
    rng = np.random.default_rng(3)
    (preds, target), values = numbers(rng), rng.integers(0, 30, ROWS)
    metric = MeanByValue(MeanAbsoluteError())
    metric.update(*(torch.from_numpy(x) for x in (preds, target, values)))
    expected = by_value.mean(by_value.mae, preds, target, values.tolist())
    assert float(metric.compute()) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("members", [1, 3])
def test_large_groups_of_pairs_are_ranked_in_blocks(members: int):
    rng, rows = np.random.default_rng(4), 2300
    preds = np.round(4 * rng.normal(size=(members, rows, 6)))
    target, values = rng.integers(0, 300, (rows, 1)) * 1.0, np.arange(rows) % 2
    whole, alone = build_metric(by("mrr"), Judged("pair", 1)), list[float]()
    fed = torch.from_numpy(preds if members > 1 else preds[0]), torch.from_numpy(target)
    whole.update(*fed, torch.from_numpy(values))
    for value in range(2):
        metric = build_metric(BoundMetric.of(by("mrr").word.bind()), Judged("pair", 1))
        metric.update(*(x[..., values == value, :] for x in fed))
        alone.append(float(metric.compute()))
    assert float(whole.compute()) == pytest.approx(np.mean(alone), rel=1e-6)


@pytest.mark.parametrize("name", ["auc", "r2", "spearman"])
def test_where_no_value_has_one_there_is_none(name: str):
    answer: Answer = "yes or no" if name == "auc" else "number"
    p, y = np.arange(6.0)[:, None], np.array([0, 0, 1, 1, 0, 0.0])[:, None]
    assert np.isnan(found(name, answer, (p, y), ["a", "a", "b", "b", "c", "d"], 2))


def test_a_metric_may_be_asked_again_after_it_forgot():
    rng = np.random.default_rng(0)
    metric = build_metric(by("auc"), Judged("yes or no", 1))
    for _ in range(2):
        preds, target = yes_or_no(rng)
        values = rng.integers(0, 5, ROWS)
        metric.update(*(torch.from_numpy(x) for x in (preds, target, values)))
        expected = by_value.mean(by_value.auc, preds, target, values.tolist())
        assert float(metric.compute()) == pytest.approx(expected)
        metric.reset()
