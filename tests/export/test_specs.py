"""The shipped specs export and serve what they predict."""

from pathlib import Path

import pytest
import torch

import mtlspec
from mtlspec import resources
from mtlspec.data import fit, load_table
from mtlspec.export import export


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hard_sharing", "mmoe", "ple"])
def test_a_shipped_spec_serves_what_it_predicts(name: str, tmp_path: Path) -> None:
    draft = mtlspec.compile(f"mtl:{name}.mtl")
    train = load_table(draft.schema, str(resources.sample("census_16k_train.parquet")))
    valid = load_table(draft.schema, str(resources.sample("census_4k_valid.parquet")))
    fitted = fit(draft.schema, train)
    compiled = mtlspec.compile(f"mtl:{name}.mtl", sizes=fitted.sizes)
    module = compiled.module(0, fitted.sizes)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(3)
    report = export(compiled, fitted, module, valid, tmp_path / "model.onnx", provenance={})
    assert report.verification.difference <= 1e-5
    assert [port.name for port in report.outputs] == [task.name for task in draft.schema.tasks]
