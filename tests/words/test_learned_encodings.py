"""Encodings with weights: what the data give, and what the compiled model makes of it."""

import math

import numpy as np
import pyarrow as pa
import pytest
import torch

import mtlspec
from mtlspec.data import encode, fit
from mtlspec.emit.compiled import Compiled
from mtlspec.words.encodings.normalize import run as normalize
from mtlspec.words.registry import find
from tests.models import randomly
from tests.words.oracles import Array, Weights, log1p, numeric, part, periodic

SCHEMA = """
mtl 1
features {
    age   : numeric(periodic(4))
    again : numeric(log1p, periodic(3, sigma: 2), column: age)
    wage  : numeric(normalize)
}
tasks { click, buy : binary }
"""
AGES = np.array([31.0, math.nan, 18.0, 64.0, 0.5, 47.0])
TABLE = pa.table(
    {
        "age": pa.array([None if math.isnan(age) else age for age in AGES]),
        "wage": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "click": [0, 1, 0, 1, 0, 1],
        "buy": [1, 1, 0, 0, 0, 1],
    }
)


def compiled(body: str) -> Compiled:
    return mtlspec.compile(mtlspec.Text("p.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n"))


def with_random_weights(found: Compiled) -> tuple[torch.nn.Module, dict[str, Array]]:
    module = found.module(seed=0).double()
    shapes = {name: tuple(w.shape) for name, w in found.weights(module).items()}
    weights = randomly.weights(shapes, seed=3)
    with torch.no_grad():
        found.set_weights(module, {name: torch.from_numpy(w) for name, w in weights.items()})
    return module, weights


def batch_of(found: Compiled) -> dict[str, torch.Tensor]:
    features, _ = encode(found.schema, fit(found.schema, TABLE), TABLE).batch(slice(None))
    return {name: column.double() for name, column in features.items()}


def expected(name: str, weights: Weights) -> Array:
    """What the oracles make of the raw ages: the number and the indicator."""
    before: list[numeric.Encoding] = [("log1p",)] if name == "again" else []
    given = numeric.encode(numeric.fit(AGES, [*before, ("normalize",)]), AGES)
    return np.concatenate([periodic.forward(weights, given[:, :1]), given[:, 1:]], axis=1)


def test_shared_encodings_agree_with_their_oracle():
    found = compiled("head[task] = concat(age, again, wage)")
    module, weights = with_random_weights(found)
    columns = module.columns(batch_of(found))
    for name, width in (("age", 9), ("again", 7)):
        assert columns[name].shape == (6, width)
        agrees(columns[name], expected(name, part(weights, name)))


def test_encodings_of_a_statement_s_own_agree_with_their_oracle():
    found = compiled("layer x[task] = embed(age, again)\nhead[task] = x[task]")
    module, weights = with_random_weights(found)
    values = module.x(batch_of(found))
    for place, task in enumerate(("click", "buy")):
        own = part(weights, f"x[{task}].0")
        names = ("age", "again")
        agrees(values[place], np.concatenate([expected(n, part(own, n)) for n in names], axis=1))


def agrees(found: torch.Tensor, wanted: Array) -> None:
    """The data are given in float32."""
    np.testing.assert_allclose(found.detach().numpy(), wanted, atol=1e-5)


def test_a_null_is_the_mean_and_says_so():
    found = compiled("head[task] = age")
    module, _ = with_random_weights(found)
    null = module.columns(batch_of(found))["age"][1]
    assert null.tolist() == pytest.approx([0, 0, 0, 0, 1, 1, 1, 1, 1], abs=1e-6)


def test_what_stands_before_is_normalised():
    fitted = fit(compiled("head[task] = again").schema, TABLE)
    given = log1p.encode(None, AGES[~np.isnan(AGES)][:, None]).astype(np.float32)
    *_, last = fitted.features["again"].steps
    assert last.fitted == normalize.fit(given[:, 0], None)


@pytest.mark.parametrize("seed", [0, None])
def test_frequencies_begin_as_the_paper_has_them(seed: int | None):
    torch.manual_seed(0)
    text = SCHEMA.replace("periodic(4)", "periodic(40_000, sigma: 0.1)")
    found = mtlspec.compile(mtlspec.Text("p.mtl", f"{text}model m {{ head[task] = age }}"))
    drawn = found.weights(found.module(seed=seed))["age.weight"]
    assert drawn.mean().item() == pytest.approx(0, abs=0.002)
    assert drawn.std().item() == pytest.approx(0.1, rel=0.01)
    beyond = [(drawn.abs() > 0.1 * k).double().mean().item() for k in (1, 2, 3)]
    assert beyond == pytest.approx([0.3173, 0.0455, 0.0027], abs=0.008)
    assert beyond[2] > 0  # not cut off


def test_each_feature_has_frequencies_of_its_own():
    found = compiled("layer x[task] = features -> embed\nhead[task] = concat(age, again, x[task])")
    names = {name for name in found.weights(found.module()) if not name.startswith("head")}
    own = {f"x[{task}].0.{name}.weight" for task in ("click", "buy") for name in ("age", "again")}
    assert names == {"age.weight", "again.weight", *own}
    module = found.module()
    assert not torch.equal(module.x.age.weight[0], module.x.age.weight[1])


def test_frequencies_learn():
    found = compiled("head[task] = concat(age, again)")
    module, _ = with_random_weights(found)
    _, labels = encode(found.schema, fit(found.schema, TABLE), TABLE).batch(slice(None))
    losses = module.loss(batch_of(found), {name: label.double() for name, label in labels.items()})
    sum(losses.values()).backward()
    assert (module.columns.age.weight.grad.abs() > 0).all()


def test_frequencies_of_a_statement_are_learned_as_it_says():
    found = compiled(
        "layer x = embed(age, wage, frozen: yes)\nlayer y = embed(again, lr: 3)\n"
        "head[task] = concat(x, y)"
    )
    module = found.module()
    assert not module.x.age.weight.requires_grad
    assert module.y.again.weight.requires_grad
    assert found.rates == {"y.again.weight": 3}


def test_a_class_of_an_encoding_hides_no_class_of_a_statement():
    found = compiled("layer periodic = age -> linear(2)\nhead[task] = periodic")
    assert found.module().periodic(torch.zeros(1, 9)).shape == (1, 2)


def test_an_encoding_that_learns_stands_last():
    normalised, learned = find("encodings", "normalize").bind(), find("encodings", "periodic")
    with pytest.raises(ValueError, match="only the last"):
        find("features", "numeric").bind(encodings=(learned.bind(n=1), normalised))
