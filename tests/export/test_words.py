"""Every op, router and sign serves what it computes, all of them packed in one export."""

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

SPEC = """
mtl 1
features {
    age  : numeric(normalize)
    town : category(dim: 4)
}
tasks {
    buy   : binary
    click : binary
}
model words {
    layer a = features -> linear(8) -> gelu -> dropout(0.1)
    layer b = features -> dense(8, act: swish)
    layer c = features -> linear(8, bias: no) -> tanh
    layer d = features -> mlp(8, 8)
    let e   = sum(a, b)
    let f   = mean(c, d, e) -> sigmoid
    let g   = concat(e, f) -> relu
    expert x[3] = g -> mlp(8)
    expert y    = features -> mlp(8)
    gate(softmax(temperature: 2)) m = x, y by g
    gate(sigmoid, bias: yes)      n = x, y by features
    layer o[task] = features -> embed
    layer p       = embed(town) -> linear(8)
    stitch                        q[task] = x, y
    stitch(free, per: channel)    r       = p, n
    stitch(sigmoid, init: even)   s       = x, y, p
    let t[task] = 1 - q[task] * r / 2 + (s - p)
    let u = max(x) -> abs -> clip(0.1, 4) -> log -> unit
    let v = product(x) -> clip(high: 2) -> exp -> clip(low: 1) -> sqrt -> softmax(2)
    let w = dot(min(u, v), stop_gradient(e)) -> reverse_gradient(0.5)
    head[buy]   = concat(m, n, o[buy], t[buy])
    head[click] = concat(n, o[click], t[click], w) -> mlp(4)
    loss apart = 0.01 * orthogonal(weights(a), weights(b))
}
"""


@pytest.mark.parametrize("kind", ["ops", "routers"])
def test_no_word_is_left_out(kind: str) -> None:
    assert set(names(kind)) <= set(re.findall(r"\w+", SPEC))


def test_words_serve_what_they_compute(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    towns = np.array(["Ulm", "Bonn", "Jena"])[random.integers(0, 3, 200)]
    table = pa.table({"age": random.normal(40, 9, 200), "town": towns})
    spec = mtlspec.Text("words.mtl", SPEC)
    draft = mtlspec.compile(spec)
    fitted = fit(draft.schema, table)
    module = draft.module(0, fitted.sizes)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(2)
    report = export(draft, fitted, module, table, tmp_path / "words.onnx", provenance={})
    assert report.verification.difference <= 1e-5
