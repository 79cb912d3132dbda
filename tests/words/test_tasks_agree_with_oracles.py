"""The losses of all kinds of tasks, and what they serve, agree with their oracles."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import randomly
from tests.words.oracles import (
    Array,
    binary,
    count,
    ltv,
    multiclass,
    multilabel,
    ordinal,
    regression,
)

ROWS = 40
SCHEMA = """
mtl 1
features { a, b : numeric(piecewise(3)) }
"""


@dataclass(frozen=True)
class Kind:
    """A task as it is written, its labels, and its oracle's loss and service."""

    text: str
    labels: Callable[[np.random.Generator], Array]
    loss: Callable[[Array, Array], float]
    serve: Callable[[Array], Array]


def numbers(rng: np.random.Generator) -> Array:
    return rng.normal(scale=3, size=(ROWS, 1))


def places(classes: int) -> Callable[[np.random.Generator], Array]:
    return lambda rng: rng.integers(0, classes, (ROWS, 1)) * 1.0


def regressed(text: str = "", **options: object) -> Kind:
    transform = options.get("transform")
    return Kind(
        f"regression({text})" if text else "regression",
        (lambda rng: np.abs(numbers(rng))) if transform else numbers,
        lambda z, y: regression.loss(z, y, **options),
        lambda z: regression.serve(z, transform),
    )


def values(rng: np.random.Generator) -> Array:
    return np.where(rng.random((ROWS, 1)) < 0.6, 0, rng.lognormal(1, 1, (ROWS, 1)))


def several(rng: np.random.Generator) -> Array:
    return np.where(rng.random((ROWS, 3)) < 0.2, np.nan, rng.integers(0, 2, (ROWS, 3)))


KINDS: dict[str, Kind] = {
    "binary": Kind("binary", places(2), binary.loss, binary.serve),
    "mse": regressed(),
    "mae": regressed("loss: mae", kind="mae"),
    "huber": regressed("loss: huber, delta: 0.7", kind="huber", delta=0.7),
    "quantile": regressed("loss: quantile, quantile: 0.9", kind="quantile", quantile=0.9),
    "log1p": regressed("transform: log1p", transform="log1p"),
    "count": Kind("count", places(5), count.loss, count.serve),
    "ltv": Kind("ltv", values, ltv.loss, ltv.serve),
    "multiclass": Kind("multiclass(4)", places(4), multiclass.loss, multiclass.serve),
    "multilabel": Kind("multilabel(labels: [p, q, r])", several, multilabel.loss, multilabel.serve),
    "ordinal": Kind("ordinal(4)", places(4), ordinal.loss, ordinal.serve),
}


def model(text: str, body: str = "head[t] = features"):
    spec = f"{SCHEMA}tasks {{ t : {text} }}\nmodel m {{ {body} }}\n"
    compiled = mtlspec.compile(mtlspec.Text("m.mtl", spec))
    module = compiled.module(0).double()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    drawn = randomly.weights(shapes, seed=5)
    with torch.no_grad():
        compiled.set_weights(module, {n: torch.from_numpy(w) for n, w in drawn.items()})
    batch = {n: torch.from_numpy(randomly.numbers(ROWS, 4, seed=s)) for s, n in enumerate("ab")}
    return module, batch


def with_gaps(labels: Array, rng: np.random.Generator) -> Array:
    return np.where(rng.random((ROWS, 1)) < 0.3, np.nan, labels)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_task_agrees_with_its_oracle(name: str, members: int):
    kind, rng = KINDS[name], np.random.default_rng(7)
    module, batch = model(kind.text, f"head[t, {members}] = features")
    labels = with_gaps(kind.labels(rng), rng)
    predictions = module(batch)
    each = predictions["t"].detach().numpy().reshape(members, ROWS, -1)
    loss = module.loss(batch, {"t": torch.from_numpy(labels)})["t"]
    assert loss.item() == pytest.approx(np.mean([kind.loss(z, labels) for z in each]), rel=1e-6)
    served = module.serve(predictions)["t"].detach().numpy()
    np.testing.assert_allclose(served, np.mean([kind.serve(z) for z in each], axis=0), rtol=1e-6)
    loss.backward()
    for parameter in module.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()


@pytest.mark.parametrize("name", KINDS)
def test_a_batch_without_labels_has_no_loss_and_moves_nothing(name: str):
    kind = KINDS[name]
    module, batch = model(kind.text)
    width = kind.labels(np.random.default_rng(0)).shape[1]
    loss = module.loss(batch, {"t": torch.full((ROWS, width), torch.nan)})["t"]
    assert loss.item() == kind.loss(np.zeros((ROWS, 3)), np.full((ROWS, width), np.nan)) == 0
    loss.backward()
    assert all(not p.grad.any() for p in module.parameters() if p.grad is not None)


@pytest.mark.parametrize("name", KINDS)
def test_rows_count_by_their_weights(name: str):
    kind, rng = KINDS[name], np.random.default_rng(3)
    text = kind.text[:-1] + ", rows: w)" if kind.text.endswith(")") else f"{kind.text}(rows: w)"
    module, batch = model(text)
    labels, weights = with_gaps(kind.labels(rng), rng), rng.random((ROWS, 1))
    z = module(batch)["t"].detach().numpy()
    rows = [i for i in range(ROWS) if not np.isnan(labels[i]).all()]
    each = np.array([kind.loss(z[i : i + 1], labels[i : i + 1]) for i in rows])
    given = {"t": torch.from_numpy(labels), "t.rows": torch.from_numpy(weights)}
    expected = (each * weights[rows, 0]).sum() / weights[rows].sum()
    assert module.loss(batch, given)["t"].item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "value", "back"),
    [
        ("multiclass", "features -> linear(4) -> softmax", torch.log),
        ("multilabel", "features -> linear(3) -> sigmoid", torch.logit),
        ("mse", "features -> linear(1) -> sigmoid", torch.clone),
    ],
)
def test_probabilities_are_judged_and_served_as_they_are(
    name: str, value: str, back: Callable[[torch.Tensor], torch.Tensor]
):
    kind, rng = KINDS[name], np.random.default_rng(1)
    module, batch = model(kind.text, f"head[t] = prob({value})")
    labels = kind.labels(rng)
    p = module(batch)["t"]
    assert module.serve({"t": p})["t"] is p
    expected = kind.loss(back(p).detach().numpy(), labels)
    loss = module.loss(batch, {"t": torch.from_numpy(labels)})["t"]
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_grades_share_one_weight_vector():
    module, _ = model("ordinal(5)")
    shapes = {name: tuple(p.shape) for name, p in module.named_parameters()}
    assert shapes == {"head.out.weight": (1, 8), "head.steps": (4,)}
