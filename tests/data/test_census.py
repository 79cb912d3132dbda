"""The census schema is true to the data that it was written for."""

import os
from pathlib import Path

import pytest
import torch

from mtlspec import pipeline
from mtlspec.data import check_fitted, check_labels, encode, fit, load_table, split_rows
from mtlspec.graph.schema import Schema
from mtlspec.resources import sample, specs

ROOT = Path(__file__).parents[2]


def census() -> Schema:
    path = str(specs() / "schemas" / "census.mtl")
    text = f'mtl 1\nuse "{path}"\nmodel m {{ head[task] = features -> mlp(4) }}\n'

    def read(name: str) -> str:
        return text if name == "spec.mtl" else Path(name).read_text(encoding="utf-8")

    outcome = pipeline.run("spec.mtl", read=read, upto="graph")
    assert not outcome.report.found
    assert outcome.built is not None
    return outcome.built.used


def full_census() -> Path:
    folder = Path(os.environ.get("MTLSPEC_DATA") or ROOT.parent / "shared" / "data")
    path = folder / "census_income_kdd" / "census_income_kdd_train.parquet"
    if not path.exists():
        pytest.skip(f"the full census data is not at {path}; MTLSPEC_DATA names its folder")
    return path


@pytest.mark.parametrize("name", ["census_16k_train.parquet", "census_4k_valid.parquet"])
def test_the_sample_agrees_with_the_schema(name: str):
    schema = census()
    table = load_table(schema, str(sample(name)))
    fitted = fit(schema, table)
    rows = encode(schema, fitted, table)
    assert check_fitted(schema, fitted) == []
    assert check_labels(schema, rows) == []
    assert (rows.labels.mean(dim=0) - torch.tensor([0.062, 0.433])).abs().max() < 0.02


def test_the_full_data_agrees_with_the_schema():
    schema, path = census(), str(full_census())
    table = load_table(schema, path)
    train, valid = split_rows(table, schema, 0.1, 0)
    rows = encode(schema, fit(schema, table.take(train)), table, path)
    assert len(rows) == 199_523
    assert len(valid) / len(rows) == pytest.approx(0.1, abs=0.005)
    assert int((rows.labels == 1).sum()) == 12_382 + 86_485
    assert (rows.ids != 0).all()  # no column has a null
    education = rows.batch(torch.as_tensor(train))[0]["education"]
    assert education.unique().tolist() == list(range(2, 19))  # of training rows none is unknown
