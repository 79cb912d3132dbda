"""Independent anchors: a compiled model is the peer that others wrote, given the same weights."""

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec import resources
from tests.models import randomly
from tests.models.compiled import arrays, tensors
from tests.models.oracles.features import Field

pytest.importorskip("torch_rechub", reason="torch-rechub is not installed")

from tests.models import peers

TASKS = ("income", "marital", "student")
# torch-rechub embeds all categories in one width, before all numbers
FIELDS: tuple[Field, ...] = (("job", "category"), ("city", "category"), ("age", "numeric"))
SIZES = {"job": 7, "city": 5}
SCHEMA = """
mtl 1
features {
    job, city : category(dim: 4)
    age       : numeric(piecewise(4))
}
tasks { income, marital, student : binary }
"""
HARD_SHARING = """
model hard_sharing {
    layer bottom = features -> mlp(16, 8)
    head[task] = bottom -> mlp(8)
}
"""
MMOE = """
model mmoe {
    expert e[5] = features -> mlp(16, 8)
    gate g[task] = e by features
    head[task] = g[task] -> mlp(8)
}
"""
PLE = """
model ple {
    stream h[task] = features
    stream s       = features
    repeat 3 {
        expert mine[task, 2] = h[task] -> mlp(16, 8)
        expert ours[3]       = s       -> mlp(16, 8)
        gate h[task] <- mine[task], ours by h[task]
        gate s       <- mine, ours       by s
    }
    head[task] = h[task] -> mlp(8)
}
"""
BATCH = {
    "job": randomly.ids(32, 7, seed=1),
    "city": randomly.ids(32, 5, seed=2),
    "age": randomly.numbers(32, 5, seed=3),
}


def filled(model: str, unbiased: tuple[str, ...] = (), **params: str):
    """The compiled module in float64 with random weights, and these weights; some biases are 0."""
    compiled = mtlspec.compile(mtlspec.Text("spec.mtl", model), set=params, sizes=SIZES)
    module = compiled.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    weights = randomly.weights(shapes, seed=1)
    for name in weights:
        if name.startswith(unbiased) and name.endswith(".bias"):
            weights[name] = np.zeros_like(weights[name])
    compiled.set_weights(module, tensors(weights))
    return module, weights


def assert_the_same(module: torch.nn.Module, peer: torch.nn.Module):
    ours = arrays(module(tensors(BATCH)))
    theirs = peers.run(peer, BATCH, TASKS)
    for task in TASKS:
        assert theirs[task].std() > 0.05, "a constant would prove nothing"
        np.testing.assert_allclose(ours[task], theirs[task], rtol=0, atol=1e-10)


def test_compiled_hard_sharing_is_the_peers():
    module, weights = filled(SCHEMA + HARD_SHARING)
    peer = peers.Peer(weights, BATCH, FIELDS)
    assert_the_same(module, peer.shared_bottom(TASKS, bottom=(16, 8), towers=(8,)))


def test_compiled_mmoe_is_the_peers():
    module, weights = filled(SCHEMA + MMOE)
    peer = peers.Peer(weights, BATCH, FIELDS)
    assert_the_same(module, peer.mmoe(TASKS, experts=5, widths=(16, 8), towers=(8,)))


def test_compiled_ple_is_the_peers():
    module, weights = filled(SCHEMA + PLE)
    peer = peers.Peer(weights, BATCH, FIELDS)
    sizes = {"own": 2, "common": 3, "levels": ((16, 8),) * 3, "towers": (8,)}
    assert_the_same(module, peer.ple(TASKS, **sizes))


def test_compiled_aitm_is_the_peers():
    """Of a width whose root float32 holds: the peer takes it in that."""
    use = SCHEMA.replace("mtl 1", 'mtl 1\nuse "mtl:aitm.mtl"')
    handed = ("value", "key", "query")
    module, weights = filled(use, handed, bottom="[12]", width="16")
    peer = peers.Peer(weights, BATCH, FIELDS).aitm(TASKS, bottom=(12,), width=16)
    ours = arrays(module.serve(module(tensors(BATCH))))
    theirs = peers.run(peer, BATCH, TASKS)
    for task in TASKS:
        assert theirs[task].std() > 0.01, "a constant would prove nothing"
        np.testing.assert_allclose(ours[task], theirs[task], rtol=0, atol=1e-10)


def test_compiled_esmm_is_the_peers():
    """It has categories alone."""
    text = resources.specs().joinpath("esmm.mtl").read_text(encoding="utf-8")
    start, end = text.index("features {"), text.index("tasks {")
    text = text[:start] + "features { job, city : category(dim: 4) }\n" + text[end:]
    module, weights = filled(text, tower="[16, 8]")
    peer = peers.Peer(weights, BATCH, FIELDS[:2]).esmm(towers=(16, 8))
    ours = arrays(module.serve(module(tensors(BATCH))))
    for task, theirs in peers.run(peer, BATCH, ("cvr", "ctr", "ctcvr")).items():
        assert theirs.std() > 0.01, "a constant would prove nothing"
        np.testing.assert_allclose(ours[task], theirs, rtol=0, atol=1e-10)
