"""Probabilities, ensembles, errors and labels in emitted models: numbers, gradients, exports."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from torch import Tensor, nn

import mtlspec
from mtlspec.data import encode, fit
from mtlspec.emit.compiled import Compiled
from mtlspec.export import export
from tests.words.oracles import binary, logit, prob

SCHEMA = """
mtl 1
features { a, b : numeric(normalize) }
tasks {
    ctr   : binary(label: click)
    cvr   : binary(label: none)
    ctcvr : binary(label: buy)
}
"""
ESMM = """
layer body[t in {ctr, cvr}] = features -> mlp(8, 4)
head[ctr]   = body[ctr]
head[cvr]   = body[cvr]
head[ctcvr] = prob(head[ctr]) * prob(head[cvr])
"""


def compiled(body: str) -> Compiled:
    return mtlspec.compile(mtlspec.Text("m.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))


def batch(rows: int = 50, seed: int = 0) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    draw = torch.Generator().manual_seed(seed)
    columns = {name: torch.randn(rows, 2, generator=draw, dtype=torch.float64) for name in "ab"}
    labels = {name: torch.randint(0, 3, (rows, 1), generator=draw) for name in ("ctr", "ctcvr")}
    known = {name: torch.where(y == 2, torch.nan, y.double()) for name, y in labels.items()}
    return columns, known


def module(body: str) -> nn.Module:
    made = compiled(body).module(seed=1).double()
    for parameter in made.parameters():
        parameter.data.mul_(3)
    return made


def test_a_product_of_probabilities_is_trained_and_served():
    model, (columns, labels) = module(ESMM), batch()
    predictions = model(columns)
    served = {name: p.detach().numpy() for name, p in model.serve(predictions).items()}
    np.testing.assert_allclose(served["ctcvr"], prob.both(served["ctr"], served["cvr"]))
    losses = model.loss(columns, labels)
    assert list(losses) == ["ctr", "ctcvr"]
    logits = logit.forward(served["ctcvr"], of="prob")
    expected = binary.loss(logits, labels["ctcvr"].numpy())
    assert losses["ctcvr"].item() == pytest.approx(expected, rel=1e-6)
    losses["ctcvr"].backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1 - prob(head[ctr])", lambda p, q: prob.neither_nor(p)),
        ("prob(head[ctr]) + prob(head[cvr])", prob.either),
        ("prob(head[ctr]) * (1 - prob(head[cvr]))", lambda p, q: p * (1 - q)),
    ],
)
def test_the_algebra_of_probabilities(value: str, expected: object):
    model, (columns, _) = module(ESMM.replace("prob(head[ctr]) * prob(head[cvr])", value)), batch()
    served = {n: p.detach().numpy() for n, p in model.serve(model(columns)).items()}
    np.testing.assert_allclose(served["ctcvr"], expected(served["ctr"], served["cvr"]))


@pytest.mark.parametrize("p", [0.0, 1.0, 1e-30, -0.5, 1.5])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_any_number_that_is_called_a_probability_has_a_finite_loss(p: float, label: float):
    model = module("head[ctr] = prob(a -> linear(1))")
    weights = list(model.parameters())
    for weight in weights:
        weight.data.fill_(0.0 if weight.ndim > 1 else p)
    columns = {name: torch.ones(1, 2, dtype=torch.float64) for name in "ab"}
    loss = model.loss(columns, {"ctr": torch.tensor([[label]], dtype=torch.float64)})["ctr"]
    loss.backward()
    assert loss.isfinite()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in weights)


def test_errors_and_labels_are_masked_row_by_row():
    body = (
        ESMM
        + """
    loss hard = error(head[ctr]) * label(ctcvr)
    loss one[t in {ctr, ctcvr}] = 0.5 * error(head[t])
    """
    )
    model, (columns, labels) = module(body), batch()
    losses = model.loss(columns, labels)
    z, y = model(columns)["ctr"].detach().numpy(), labels["ctr"].numpy()
    each = np.array([binary.loss(z[i : i + 1], y[i : i + 1]) for i in range(len(z))])
    bought = np.nan_to_num(labels["ctcvr"].numpy()[:, 0])
    assert losses["hard"].item() == pytest.approx((each * bought).mean())
    shares = {t: (~labels[t].isnan()).double().mean() for t in labels}
    expected = sum(0.5 * losses[t] * shares[t] for t in labels)
    assert losses["one"].item() == pytest.approx(expected.item())


def test_what_only_the_loss_needs_is_not_computed_in_forward():
    source = compiled(ESMM + "loss x = prob(head[ctr]) - prob(head[cvr])").source
    evaluate, _, loss = source.partition("    def loss(")
    assert "loss x" not in evaluate.partition("class M(")[2]
    assert "# loss x" in loss


def test_an_ensemble_trains_the_mean_of_losses_and_serves_the_mean_of_probabilities():
    model, (columns, labels) = module("head[t in {ctr, ctcvr}, 3] = features"), batch()
    predictions = model(columns)
    assert predictions["ctr"].shape == (3, 50, 1)
    logits = predictions["ctr"].detach().numpy()
    served = model.serve(predictions)["ctr"].detach().numpy()
    np.testing.assert_allclose(served, np.mean([binary.serve(z) for z in logits], axis=0))
    expected = np.mean([binary.loss(z, labels["ctr"].numpy()) for z in logits])
    assert model.loss(columns, labels)["ctr"].item() == pytest.approx(expected)


@pytest.mark.parametrize(
    "body", [ESMM, "head[t in {ctr, ctcvr}, 3] = features -> mlp(4)"], ids=["esmm", "ensemble"]
)
def test_they_export(body: str, tmp_path: Path):
    draw = np.random.default_rng(0)
    table = pa.table(
        {name: draw.normal(size=100) for name in "ab"}
        | {name: draw.integers(0, 2, 100) for name in ("click", "buy")}
    )
    made = compiled(body)
    fitted = fit(made.schema, table)
    rows = encode(made.schema, fitted, table)
    assert set(rows.batch(slice(0, 3))[1]) == {"ctr", "ctcvr"}
    report = export(made, fitted, made.module(0), table, tmp_path / "m.onnx", provenance={})
    assert report.verification.difference <= 1e-5
    assert [port.task for port in report.outputs] == [task.name for task in made.schema.tasks]
