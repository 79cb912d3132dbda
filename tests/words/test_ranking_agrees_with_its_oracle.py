"""Ranking the candidates of groups agrees with its oracle: the losses, what counts, the metrics."""

from functools import partial

import numpy as np
import pytest
import torch
from torchmetrics.functional.retrieval import retrieval_normalized_dcg

import mtlspec
from mtlspec.training.evaluation import build_metric
from mtlspec.words import registry
from mtlspec.words.metrics import BoundMetric, Judged
from mtlspec.words.tasks.ranking.run import weigh
from tests.models import randomly
from tests.words.oracles import Array, ranking

NAN = np.nan
KINDS = ["listwise", "pairwise"]


def compiled(options: str, head: str = "head[t] = a"):
    text = f"mtl 1\nfeatures {{ a : numeric(piecewise(3)) }}\ntasks {{ t : ranking({options}) }}\n"
    return mtlspec.compile(mtlspec.Text("m.mtl", f"{text}model m {{ {head} }}\n"))


def options_of(kind: str):
    word = registry.find("tasks", "ranking")
    group = compiled("g").schema.tasks[0].options.group
    return word.bind(group=group, loss=kind).options


def groups_of(*sizes: int, seed: int = 0) -> tuple[Array, Array]:
    """Relevance and groups of these sizes, the rows of all mixed; some rows are no candidates."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes)) * 1.0
    relevance = rng.integers(0, 4, len(groups)) * 1.0
    absent = rng.random(len(groups)) < 0.15
    return np.where(absent, NAN, relevance), np.where(absent, NAN, groups)


RAGGED = groups_of(*range(1, 24), 1, 2, 2, 5)


def labels(kind: str, relevance: Array, groups: Array, rows: Array | float = 1.0):
    """What the loss is given, in float64."""
    both = np.stack([relevance, groups], axis=1)
    weights = weigh(both.astype(np.float32), options_of(kind)) * rows
    return {"t": torch.from_numpy(both), "t.rows": torch.from_numpy(weights[:, None])}


def numbers(rows: int):
    return {"a": torch.from_numpy(randomly.numbers(rows, 4, seed=1))}


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_agrees_with_the_oracle_and_the_score_is_served(kind: str):
    relevance, groups = RAGGED
    module, batch = compiled(f"g, loss: {kind}").module(0).double(), numbers(len(groups))
    predictions = module(batch)
    scores = predictions["t"].detach().numpy()[:, 0]
    loss = module.loss(batch, labels(kind, relevance, groups))["t"]
    assert loss.item() == pytest.approx(ranking.loss(kind, scores, relevance, groups), rel=1e-9)
    assert module.serve(predictions)["t"] is predictions["t"]
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_row_counts_agrees_with_the_oracle(kind: str):
    relevance, groups = RAGGED
    found = weigh(np.stack([relevance, groups], axis=1).astype(np.float32), options_of(kind))
    np.testing.assert_allclose(found, ranking.weights(kind, relevance, groups), rtol=1e-12)
    assert weigh(np.zeros((0, 2), np.float32), options_of(kind)).shape == (0,)


@pytest.mark.parametrize("kind", KINDS)
def test_the_errors_of_rows_are_parts_of_those_of_their_groups(kind: str):
    module = compiled(f"g, loss: {kind}", "head[t] = a\nloss x = error(head[t])").module(0).double()
    a, b, c, _ = module(numbers(4))["t"][:, 0].tolist()
    y = np.array([1.0, 0.0, 2.0, NAN])
    losses = module.loss(numbers(4), labels(kind, y, np.where(np.isnan(y), NAN, 0.0)))
    total = np.logaddexp.reduce([a, b, c])
    each = {
        "listwise": [total - a, total - b, total - c],
        "pairwise": [
            np.logaddexp(0, b - a),
            0,
            (np.logaddexp(0, a - c) + np.logaddexp(0, b - c)) / 2,
        ],
    }[kind]
    assert losses["x"].item() == pytest.approx(sum(each) / 4)  # a row without a label has none
    parts = {"listwise": [1 / 3, 0, 2 / 3], "pairwise": [1 / 3, 0, 2 / 3]}[kind]
    assert losses["t"].item() == pytest.approx(np.dot(parts, each))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_a_number_added_to_all_scores_of_a_group_leaves_its_loss(kind: str, scale: float):
    relevance, groups = groups_of(7, 3, 12, seed=3)
    given = labels(kind, relevance, groups)
    score = torch.from_numpy(scale * np.random.default_rng(4).normal(size=(len(groups), 1)))
    moved = score + torch.where(given["t"][:, 1:] == 1, 1e4, -20.0)
    assert loss_of(kind, moved, given) == pytest.approx(loss_of(kind, score, given), rel=1e-9)


def loss_of(kind: str, score: torch.Tensor, given: dict[str, torch.Tensor]) -> float:
    """The emitted loss of these scores."""
    module = compiled(f"g, loss: {kind}").module(0).double()
    module.forward = lambda batch: {"t": score}
    return module.loss({}, given)["t"].item()


@pytest.mark.parametrize("kind", KINDS)
def test_groups_of_two_and_of_many_in_one_batch_are_as_those_run_alone(kind: str):
    rng = np.random.default_rng(5)
    groups = np.repeat([0.0, 1.0], [2, 23])
    relevance, scores = np.r_[1.0, 0.0, rng.integers(0, 3, 23)], rng.normal(size=25)
    score = torch.from_numpy(scores[:, None])
    together = loss_of(kind, score, labels(kind, relevance, groups))
    alone = [
        loss_of(kind, score[rows], labels(kind, relevance[rows], groups[rows]))
        for rows in (slice(0, 2), slice(2, 25))
    ]
    assert together == pytest.approx(np.mean(alone), rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "relevance",
    [[1, NAN, NAN], [0, 0, 0], [2, 2, 2], [NAN, NAN, NAN]],
    ids=["one candidate", "none relevant", "all alike", "no label"],
)
def test_a_group_without_an_order_has_no_loss_and_moves_nothing(kind: str, relevance: list[float]):
    known = np.array(relevance)
    given = labels(kind, known, np.where(np.isnan(known), NAN, 7.0))
    module, batch = compiled(f"g, loss: {kind}").module(0).double(), numbers(3)
    loss = module.loss(batch, given)["t"]
    assert loss.item() == 0
    loss.backward()
    assert all(p.grad is not None and not p.grad.any() for p in module.parameters())
    other = np.array([0.0, 1.0, 0.0])
    more = labels(kind, np.r_[known, other], np.r_[np.where(np.isnan(known), NAN, 7.0), [3] * 3])
    score = torch.from_numpy(np.random.default_rng(6).normal(size=(6, 1)))
    alone = loss_of(kind, score[3:], labels(kind, other, np.full(3, 3.0)))
    assert loss_of(kind, score, more) == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_count_by_their_weights(kind: str):
    relevance, groups = groups_of(4, 6, 3, seed=8)
    of_group = np.array([0.5, 2.0, 0.0])
    rows = np.where(np.isnan(groups), 1.0, of_group[np.nan_to_num(groups).astype(int)])
    score = torch.from_numpy(np.random.default_rng(9).normal(size=(len(groups), 1)))
    found = loss_of(f"{kind}, rows: w", score, labels(kind, relevance, groups, rows))
    each = [
        (of_group[int(groups[r[0]])], ranking.LOSSES[kind](score.numpy()[r, 0], relevance[r]))
        for r in ranking.each_group(groups, relevance)
    ]
    expected = sum(w * loss for w, loss in each) / sum(w for w, _ in each)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_an_ensemble_and_a_family_are_ranked_side_by_side(kind: str):
    relevance, groups = RAGGED
    given, batch = labels(kind, relevance, groups), numbers(len(groups))
    module = compiled(f"g, loss: {kind}", "head[t, 3] = a").module(0).double()
    each = module(batch)["t"]
    expected = [ranking.loss(kind, z[:, 0].detach().numpy(), relevance, groups) for z in each]
    assert module.loss(batch, given)["t"].item() == pytest.approx(np.mean(expected), rel=1e-9)
    text = "mtl 1\nfeatures { a : numeric(piecewise(3)) }\ntasks { t[i in 1..2] : ranking(g) }\n"
    family = mtlspec.compile(mtlspec.Text("m.mtl", f"{text}model m {{ head[t] = a }}")).module(0)
    other = groups_of(*range(1, 24), 1, 2, 2, 5, seed=2)
    given = {"t[1]": RAGGED, "t[2]": other}
    both = {
        f"{name}{key[1:]}": value
        for name, rows in given.items()
        for key, value in labels("listwise", *rows).items()
    }
    scores = family.double()(batch)
    for name, loss in family.loss(batch, both).items():
        found = ranking.loss("listwise", scores[name][:, 0].detach().numpy(), *given[name])
        assert loss.item() == pytest.approx(found, rel=1e-9)


def metric_of(name: str, **options: int):
    word = registry.find("metrics", name)
    return build_metric(BoundMetric.of(word.bind(**options)), Judged("score", 1))


METRICS = {"ndcg": ranking.ndcg, "mrr": ranking.reciprocal_rank, "recall": ranking.recall}
CUT = {"ndcg": ranking.ndcg, "recall": ranking.recall}


def judged(metric: object, scores: Array, parts: int = 1) -> float:
    """A metric of scores of the ragged groups, fed in parts."""
    relevance, groups = (x[~np.isnan(x)] for x in RAGGED)
    for rows in np.array_split(np.arange(len(groups)), parts):
        target = np.stack([relevance[rows], groups[rows]], axis=1)
        metric.update(torch.from_numpy(scores[..., rows, None]), torch.from_numpy(target))
    return float(metric.compute())


def scores_with_ties(seed: int = 10) -> Array:
    count = int((~np.isnan(RAGGED[0])).sum())
    return np.random.default_rng(seed).integers(0, 8, count) * 1.0


@pytest.mark.parametrize("parts", [1, 6])
@pytest.mark.parametrize("name", METRICS)
def test_whole_groups_are_judged_whatever_the_batches(name: str, parts: int):
    relevance, groups = (x[~np.isnan(x)] for x in RAGGED)
    expected = ranking.mean(METRICS[name], scores_with_ties(), relevance, groups)
    metric = metric_of(name)
    assert judged(metric, scores_with_ties(), parts) == pytest.approx(expected, rel=1e-9)
    metric.reset()
    each = np.stack([scores_with_ties(seed) for seed in range(3)])  # members of an ensemble
    mean = np.mean(each, axis=0)
    assert judged(metric, each, parts) == pytest.approx(judged(metric_of(name), mean), rel=1e-9)


@pytest.mark.parametrize("k", [1, 3, 10, 100])
@pytest.mark.parametrize("name", CUT)
def test_only_the_first_ranks_count_where_that_is_asked(name: str, k: int):
    relevance, groups = (x[~np.isnan(x)] for x in RAGGED)
    expected = ranking.mean(partial(CUT[name], k=k), scores_with_ties(), relevance, groups)
    assert judged(metric_of(name, k=k), scores_with_ties()) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("k", [None, 1, 4])
def test_ndcg_is_that_of_torchmetrics_with_gains_of_powers(k: int | None):
    relevance, groups = (x[~np.isnan(x)] for x in RAGGED)
    scores = scores_with_ties(11)
    for rows in ranking.each_group(groups, relevance):
        gains = torch.from_numpy(2 ** relevance[rows] - 1).long()
        known = retrieval_normalized_dcg(torch.from_numpy(scores[rows]), gains, top_k=k)
        found = value_of("ndcg", scores[rows], relevance[rows], **({"k": k} if k else {}))
        assert found == pytest.approx(float(known), rel=1e-5, abs=1e-7)


def test_recall_of_one_is_how_often_the_only_relevant_candidate_stands_first():
    y = np.array([0.0, 0.0, 1.0])
    assert value_of("recall", np.array([1.0, 2.0, 3.0]), y, k=1) == 1
    assert value_of("recall", np.array([1.0, 4.0, 3.0]), y, k=1) == 0


def value_of(name: str, scores: Array, relevance: Array, **options: int) -> float:
    """A metric of one group."""
    metric = metric_of(name, **options)
    target = np.stack([relevance, np.zeros(len(scores))], axis=1)
    metric.update(torch.from_numpy(scores[:, None]), torch.from_numpy(target))
    return float(metric.compute())


@pytest.mark.parametrize("name", ["ndcg", "mrr"])
def test_the_best_order_is_one_and_groups_without_an_order_have_no_value(name: str):
    value, y = partial(value_of, name), np.array([3.0, 0.0, 1.0])
    assert value(y, y) == pytest.approx(1)
    assert value(-y, y) < value(np.zeros(3), y) < 1
    assert np.isnan(value(y, np.ones(3)))
    assert np.isnan(value(y[:1], y[:1]))


def test_a_relevance_of_thousands_has_a_finite_ndcg():
    assert value_of("ndcg", np.array([1.0, 0.0, 2.0]), np.array([5000.0, 0.0, 4999.0])) < 1
