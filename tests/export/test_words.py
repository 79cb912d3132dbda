"""Every op, router and sign serves what it computes, those of a kind packed in one export."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

import mtlspec
from mtlspec.data import fit
from mtlspec.export import export
from mtlspec.words.registry import names

SPECS = sorted((Path(__file__).parent / "words").glob("*.mtl"))
"""A spec for each kind of words, since an export takes a while."""


@pytest.mark.parametrize("kind", ["ops", "routers"])
def test_no_word_is_left_out(kind: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in SPECS]
    assert set(names(kind)) <= set(re.findall(r"\w+", "\n".join(texts)))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_words_serve_what_they_compute(path: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    towns = np.array(["Ulm", "Bonn", "Jena"])[random.integers(0, 3, 200)]
    seen = [towns[:length].tolist() for length in random.integers(0, 9, 200)]
    spot = [None if place % 9 == 0 else random.normal(size=3).tolist() for place in range(200)]
    ages, ranks = random.normal(40, 9, 200), random.integers(0, 5, 200)
    table = pa.table({"age": ages, "town": towns, "seen": seen, "spot": spot, "rank": ranks})
    spec = mtlspec.Text("words.mtl", path.read_text(encoding="utf-8"))
    draft = mtlspec.compile(spec)
    fitted = fit(draft.schema, table)
    module = draft.module(0, fitted.sizes)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(2)
    report = export(draft, fitted, module, table, tmp_path / "words.onnx", provenance={})
    assert report.verification.difference <= 1e-5
