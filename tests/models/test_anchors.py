"""Independent anchors: the oracles agree with a peer that others wrote, given the same weights."""

import numpy as np
import pytest

from tests.models import randomly
from tests.models.oracles import dcn_mmoe, hard_sharing, mmoe, ple
from tests.models.oracles.features import Field, features

pytest.importorskip("torch_rechub", reason="torch-rechub is not installed")

from tests.models import peers

TASKS = ("income", "marital", "student")
FIELDS: tuple[Field, ...] = (("job", "category"), ("city", "category"), ("age", "numeric"))
TABLES = {"job.weight": (7, 4), "city.weight": (5, 4)}
WIDTH = 4 + 4 + 3
BATCH = {
    "job": randomly.ids(32, 7, seed=1),
    "city": randomly.ids(32, 5, seed=2),
    "age": randomly.numbers(32, 3, seed=3),
}


def assert_the_same(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]):
    assert ours.keys() == theirs.keys()
    for task, expected in ours.items():
        assert expected.std() > 0.05, "a constant would prove nothing"
        np.testing.assert_allclose(theirs[task], expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_hard_sharing_is_the_peers(count: int):
    tasks, sizes = TASKS[:count], {"bottom": (16, 8), "towers": (16,)}
    weights = randomly.weights(TABLES | hard_sharing.shapes(WIDTH, tasks, **sizes))
    ours = hard_sharing.logits(weights, features(weights, BATCH, FIELDS), tasks, **sizes)
    peer = peers.Peer(weights, BATCH, FIELDS).shared_bottom(tasks, **sizes)
    assert_the_same(ours, peers.run(peer, BATCH, tasks))


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("experts", [2, 5])
def test_mmoe_is_the_peers(count: int, experts: int):
    tasks, sizes = TASKS[:count], {"experts": experts, "widths": (16, 8), "towers": (16, 8)}
    weights = randomly.weights(TABLES | mmoe.shapes(WIDTH, tasks, **sizes))
    ours = mmoe.logits(weights, features(weights, BATCH, FIELDS), tasks, **sizes)
    peer = peers.Peer(weights, BATCH, FIELDS).mmoe(tasks, **sizes)
    assert_the_same(ours, peers.run(peer, BATCH, tasks))


@pytest.mark.parametrize("layers", [1, 3])
def test_mmoe_with_cross_layers_is_the_peers(layers: int):
    sizes = {"experts": 3, "layers": layers, "rank": 4, "widths": (16, 8), "towers": (16,)}
    weights = randomly.weights(TABLES | dcn_mmoe.shapes(WIDTH, TASKS, **sizes))
    for name in weights:
        if name.startswith("e[") and int(name.split(".")[1]) < 2 * layers and "bias" in name:
            weights[name] = np.zeros_like(weights[name])
    ours = dcn_mmoe.logits(weights, features(weights, BATCH, FIELDS), TASKS, **sizes)
    peer = peers.Peer(weights, BATCH, FIELDS).dcn_mmoe(TASKS, **sizes)
    assert_the_same(ours, peers.run(peer, BATCH, TASKS))


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("own", "common", "depth"), [(3, 2, 2), (1, 3, 2), (2, 1, 3), (2, 2, 1)])
def test_ple_is_the_peers(count: int, own: int, common: int, depth: int):
    tasks = TASKS[:count]
    sizes = {"own": own, "common": common, "levels": [(16, 8)] * depth, "towers": (16,)}
    weights = randomly.weights(TABLES | ple.shapes(WIDTH, tasks, **sizes))
    ours = ple.logits(weights, features(weights, BATCH, FIELDS), tasks, **sizes)
    peer = peers.Peer(weights, BATCH, FIELDS).ple(tasks, **sizes)
    assert_the_same(ours, peers.run(peer, BATCH, tasks))
