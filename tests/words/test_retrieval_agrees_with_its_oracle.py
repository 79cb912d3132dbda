"""Matching by dot products agrees with its oracle: the loss, what is served, how it is judged."""

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec.training.evaluation import build_metric
from mtlspec.words import registry
from mtlspec.words.metrics import BoundMetric, Judged
from tests.models import randomly
from tests.words.oracles import Array, retrieval

ROWS, WIDTH = 40, 4
NAN = np.nan


def compiled(options: str, head: str = "head[t] = a, b"):
    text = (
        f"mtl 1\nfeatures {{ a, b : numeric(piecewise(3)) }}\ntasks {{ t : retrieval{options} }}\n"
    )
    return mtlspec.compile(mtlspec.Text("m.mtl", f"{text}model m {{ {head} }}\n"))


def batch():
    return {n: torch.from_numpy(randomly.numbers(ROWS, WIDTH, seed=s)) for s, n in enumerate("ab")}


def items(rng: np.random.Generator) -> Array:
    """Some items come twice, some rows have none."""
    return np.where(rng.random(ROWS) < 0.3, NAN, rng.integers(0, 15, ROWS))


def given(found: Array, log_q: Array | None = None) -> torch.Tensor:
    columns = [found] if log_q is None else [found, np.where(np.isnan(found), NAN, log_q)]
    return torch.from_numpy(np.stack(columns, axis=1))


@pytest.mark.parametrize("temperature", [1.0, 0.05])
@pytest.mark.parametrize("corrected", [False, True])
def test_the_loss_and_the_score_agree_with_the_oracle(*, corrected: bool, temperature: float):
    rng, correct = np.random.default_rng(3), ", correct: logq" if corrected else ""
    module = compiled(f"(temperature: {temperature}, item: i{correct})").module(0).double()
    found, log_q = items(rng), np.log(rng.dirichlet(np.ones(ROWS))) if corrected else None
    pairs = torch.cat(list(batch().values()), dim=1).numpy()
    expected = retrieval.loss(pairs, found, temperature, log_q)
    labels = {"t": given(found, log_q)}
    assert module.loss(batch(), labels)["t"].item() == pytest.approx(expected, rel=1e-9)
    served = module.serve(module(batch()))["t"].numpy()
    np.testing.assert_allclose(served, retrieval.serve(pairs, temperature), rtol=1e-9)


def test_rows_count_by_their_weights():
    rng = np.random.default_rng(4)
    module, found = compiled("(item: i, rows: w)").module(0).double(), items(rng)
    pairs, weights = torch.cat(list(batch().values()), dim=1).numpy(), rng.random(ROWS)
    each, known = retrieval.losses(pairs, found), ~np.isnan(found)
    labels = {"t": given(found), "t.rows": torch.from_numpy(weights[:, None])}
    expected = (each * weights).sum() / weights[known].sum()
    assert module.loss(batch(), labels)["t"].item() == pytest.approx(expected, rel=1e-9)


def test_the_scores_of_an_ensemble_are_averaged():
    spec = compiled("(item: i)", "head[t, 3] = a -> linear(5), b -> linear(5)")
    module, found = spec.module(0).double(), items(np.random.default_rng(5))
    each = module(batch())["t"]
    assert each.shape == (3, ROWS, 10)
    members = [member.detach().numpy() for member in each]
    expected = np.mean([retrieval.loss(pairs, found) for pairs in members])
    loss = module.loss(batch(), {"t": given(found)})["t"]
    assert loss.item() == pytest.approx(expected, rel=1e-9)
    served = module.serve({"t": each})["t"].detach().numpy()
    np.testing.assert_allclose(served, np.mean([retrieval.serve(p) for p in members], axis=0))
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


def test_a_batch_without_positives_has_no_loss_and_moves_nothing():
    module = compiled("", "head[t] = a -> linear(5), b -> linear(5)").module(0).double()
    loss = module.loss(batch(), {"t": given(np.full(ROWS, NAN))})["t"]
    assert loss.item() == 0
    loss.backward()
    assert all(p.grad is not None and not p.grad.any() for p in module.parameters())


@pytest.mark.parametrize("parts", [1, 7])
@pytest.mark.parametrize("members", [1, 2])
def test_ranks_among_the_other_items_whatever_the_batches(members: int, parts: int):
    rng, rows = np.random.default_rng(6), 1300
    preds = np.round(4 * rng.normal(size=(members, rows, 6)))  # exact sums, some ties
    found = rng.integers(0, 300, rows).astype(float)
    expected = [
        place
        for block in (slice(0, 1000), slice(1000, rows))
        for place in ranks_of(preds[:, block], found[block])
    ]
    for name, options, value in (
        ("mrr", {}, lambda r: 1 / r),
        ("recall", {}, lambda r: r <= 10),
        ("recall", {"k": 3}, lambda r: r <= 3),
    ):
        word = registry.find("metrics", name)
        assert word is not None
        metric = build_metric(BoundMetric.of(word.bind(**options)), Judged("pair", 1))
        for chunk in np.array_split(np.arange(rows), parts):
            shown = preds[:, chunk] if members > 1 else preds[0, chunk]
            metric.update(torch.from_numpy(shown), torch.from_numpy(found[chunk, None]))
        mean = float(np.mean([value(rank) for rank in expected]))
        assert float(metric.compute()) == pytest.approx(mean, rel=1e-6)
        metric.reset()
        metric.update(torch.from_numpy(preds[0, :1]), torch.from_numpy(found[:1, None]))
        assert float(metric.compute()) == 1


def ranks_of(preds: Array, found: Array) -> list[float]:
    users, things = np.split(preds, 2, axis=2)
    scores = np.einsum("mid,mjd->ij", users, things) / len(preds)
    first = {item: j for j, item in reversed(list(enumerate(found)))}
    return [
        retrieval.rank(
            np.array([scores[i, j] for item, j in first.items() if item != found[i]]), scores[i, i]
        )
        for i in range(len(found))
    ]
