"""Cross-stitch against numbers that a peer gave: CrossStitch of nextrec 0.6.14, Apache-2.0.

That package pins an older NumPy, so it is not among the tools; it was run once with the weights
that `waves` makes, in float64, and its logits are kept here. It has one α per channel and task, as
the paper; its α begins as the unit matrix, which has no part in this.
"""

import numpy as np
import pytest
import torch

import mtlspec
from tests.models.compiled import arrays, tensors
from tests.models.oracles import cross_stitch
from tests.models.oracles.features import Field, features
from tests.models.waves import wave, waves
from tests.words.oracles import Array

TASKS = ("income", "marital", "student")
FIELDS: tuple[Field, ...] = (("job", "category"), ("city", "category"), ("age", "numeric"))
SPEC = """
mtl 1
features {
    job  : category(dim: 4)
    city : category(dim: 3)
    age  : numeric(piecewise(4))
}
tasks { income, marital, student : binary }
model cross_stitch {
    stream h[task] = features
    repeat width in [6, 5, 4] {
        layer f[task] = h[task] -> dense(width)
        stitch(per: channel) h[task] <- f
    }
    head[task] = h[task]
}
"""


BATCH = {
    "job": np.array([0, 6, 3, 2]),
    "city": np.array([4, 0, 1, 1]),
    "age": wave((4, 5), 99).astype(np.float32).astype(np.float64),  # the peer reads float32
}
RECORDED = {
    "income": [-2.091410383891, -1.622756910204, -1.991100573232, -1.481517445972],
    "marital": [1.168747925565, 1.837671846149, 0.993685264460, 1.873640562497],
    "student": [-0.912890093180, -1.029191094814, -0.943784316227, -1.140474862815],
}


def made() -> tuple[torch.nn.Module, dict[str, Array]]:
    compiled = mtlspec.compile(mtlspec.Text("anchor.mtl", SPEC), sizes={"job": 7, "city": 5})
    module = compiled.module(seed=0).double().eval()
    shapes = {name: tuple(w.shape) for name, w in compiled.weights(module).items()}
    weights = waves(shapes)
    compiled.set_weights(module, tensors(weights))
    return module, weights


@pytest.mark.parametrize("task", TASKS)
def test_the_compiled_model_gives_what_the_peer_gave(task: str) -> None:
    module, _ = made()
    found = arrays(module(tensors(BATCH)))
    np.testing.assert_allclose(found[task][:, 0], RECORDED[task], rtol=0, atol=1e-9)


@pytest.mark.parametrize("task", TASKS)
def test_the_oracle_gives_what_the_peer_gave(task: str) -> None:
    _, weights = made()
    x = features(weights, BATCH, FIELDS)
    found = cross_stitch.logits(weights, x, TASKS, widths=(6, 5, 4), per="channel", towers=())
    np.testing.assert_allclose(found[task][:, 0], RECORDED[task], rtol=0, atol=1e-9)
