"""A model has its own names, whatever the features of a schema are called that it does not know."""

import string
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

import mtlspec
from mtlspec import resources
from mtlspec.emit.compiled import Compiled
from tests.graph.programs import run

LETTERS = tuple(string.ascii_lowercase)
TASKS = "tasks { one, two, three : binary }\n"
SPECS = Path(str(resources.specs()))
FILES = {f"mtl:{p.relative_to(SPECS)}": p.read_text("utf-8") for p in SPECS.rglob("*.mtl")}
LIBRARY = sorted(path.name for path in SPECS.glob("*.mtl"))


def schema_of(names: Sequence[str], kind: str = "numeric") -> str:
    return f"mtl 1\nfeatures {{ {', '.join(names)} : {kind} }}\n{TASKS}"


def errors(text: str, **given) -> list[str]:
    return [error.id for error in run(text, **given).report.errors]


@pytest.mark.parametrize("name", LIBRARY)
def test_a_spec_of_the_library_runs_on_features_of_any_letter(name: str):
    def found(names: Sequence[str]) -> list[str]:
        return errors(f'{schema_of(names)}use "mtl:{name}"', files=FILES)

    others = found([letter * 9 for letter in LETTERS])
    assert "MTL0205" not in others
    assert found(LETTERS) == others


MODEL = "model m { layer e = features -> linear(3)   head[task] = e }\n"


def test_a_hidden_feature_is_told_of_and_read():
    outcome = run(MODEL, files={"s.mtl": schema_of("ef")}, schema="s.mtl")
    assert [found.id for found in outcome.report.found] == ["feature-hidden"]
    assert outcome.graph is not None
    assert [field.name for field in outcome.graph.features] == ["e", "f"]


def compiled(names: Sequence[str], kind: str) -> Compiled:
    text = f'{schema_of(names, kind)}use "mtl:mmoe.mtl" (experts: 2)'
    return mtlspec.compile(mtlspec.Text("m.mtl", text))


@pytest.mark.parametrize("kind", ["numeric", "category(3, hash: 5)"])
def test_what_is_computed_does_not_depend_on_it(kind: str):
    rows = torch.randn(4, 2) if kind == "numeric" else torch.randint(0, 6, (4,))
    predicted = []
    for names in ("eg", ("age", "hours")):
        found = compiled(names, kind)
        module = found.module(seed=0)
        with torch.no_grad():
            for weight in module.parameters():
                weight.copy_(torch.linspace(-1, 1, weight.numel()).view_as(weight))
            predicted.append(module(dict.fromkeys(names, rows)))
        assert len(found.names) == len(compiled(("age", "hours"), kind).names)
    for task, value in predicted[0].items():
        torch.testing.assert_close(value, predicted[1][task])


def test_the_schema_knows_its_own_features():
    schema = (
        "mtl 1\nfeatures { e : category(3)   f : category(share: e)   h : numeric }\n"
        f"set words = {{e, f}}\n{TASKS}"
    )
    model = MODEL.replace("features ->", "features[words] ->")
    assert errors(model, files={"s.mtl": schema}, schema="s.mtl") == []


def test_a_file_that_uses_a_schema_knows_it():
    text = f'use "s.mtl"\n{MODEL}'
    assert errors(text, files={"s.mtl": schema_of("ef")}) == ["MTL0202"]
    assert errors(schema_of("ef") + MODEL) == ["MTL0202"]


def test_an_array_and_a_table_are_not_called_alike():
    model = "model m { weight e : f32[3] = zeros   head[task] = concat(features, e) }"
    files = {"s.mtl": schema_of("ef", "category(2)"), "n.mtl": schema_of("ef")}
    assert errors(model, files=files, schema="s.mtl") == ["MTL0202"]
    assert errors(model, files=files, schema="n.mtl") == []
