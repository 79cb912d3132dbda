"""Systems against numbers that the code of others gave, run once with the weights of `waves`.

None of that code is a package that can stand among the tools (authors' repositories, or packages
that pin older ones), so its logits are kept in `recorded.json`, made in float64. Each was run as it
is; where it is not what its paper says, it was given the weights that bring it back, as told here.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec import resources
from mtlspec.emit.compiled import Compiled
from tests.models.compiled import arrays, tensors
from tests.models.waves import wave, waves
from tests.words.oracles import Array

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
TASKS = ("click", "like", "follow")
ROWS = 4
SIZES = {"user_id": 5, "video_id": 4, "author_id": 3, "tab": 3}
SCHEMA = f"""
features {{
    user_id, video_id, author_id, tab : category(dim: 2)
    age                               : numeric(piecewise(4))
}}
tasks {{ {", ".join(TASKS)} : binary }}
"""
GROUPS = {"watch": ("click",), "interact": ("like", "follow")}
BATCH = {
    "user_id": np.array([0, 4, 3, 2]),
    "video_id": np.array([3, 0, 1, 1]),
    "author_id": np.array([1, 2, 0, 2]),
    "tab": np.array([2, 1, 0, 1]),
    "age": wave((ROWS, 5), 99),
}


@dataclass(frozen=True)
class Anchor:
    """A shipped spec, the params that make it as small as the code was run, whose code it was."""

    file: str
    code: str
    params: dict[str, str] = field(default_factory=dict)
    within: float = 1e-9


ANCHORS = {
    # Its gates have a bias (0 here).
    "adatt": Anchor(
        "adatt",
        "AdaTTWSharedExps of facebookresearch/AdaTT@0efdd82, mtl_lib.py (the authors'), MIT",
        {"widths": "[6, 5]", "tower": "[4]"},
    ),
    # The same authors' reading of the MMoE paper, with several levels; its gates have a bias (0).
    "ml_mmoe": Anchor(
        "ml_mmoe",
        "MLMMoE of facebookresearch/AdaTT@0efdd82, mtl_lib.py, MIT",
        {"experts": "3", "lower": "[[6]]", "upper": "[5]", "tower": "[4]"},
    ),
    # Bits and mixture have a bias (0). It leaves γ out of the smooth step, which is 1 here, and
    # charges the entropy of the last task alone (`test_defects.py` holds ours). Its binary codes
    # are made of texts that newer NumPy takes for true, so it was given those it had in older.
    "dselect_k_example": Anchor(
        "dselect_k_example",
        "DSelect_k of LibMTL 1.1.5, MIT",
        {"experts": "5", "expert_widths": "[6]", "tower": "[4]"},
    ),
    # It has one α for all edges, divides it by β also where it serves, and learns the noise u of
    # each edge: with α = 1 and u = σ(log α_ij) it is the paper's deterministic gate.
    "snr_trans": Anchor(
        "snr_trans",
        "SNRTrans of nextrec 0.6.14, Apache-2.0",
        {"slots": "3", "width": "6", "tower": "[4]"},
    ),
    # The same with the unit matrix on every edge; `record_snr_aver.py` records it.
    "snr_aver": Anchor(
        "snr_aver",
        "SNRTrans of nextrec 0.6.14, Apache-2.0",
        {"slots": "3", "width": "6", "tower": "[4]"},
    ),
    # It has one gate, so it was run once a task, with its experts replaced; it ends in float32, and
    # adds 1e-6 to the sum that the kept scores are divided by.
    "sparse_moe": Anchor(
        "sparse_moe",
        "MoE of davidmrau/mixture-of-experts@f662999, moe.py, GPL-3.0",
        {"experts": "4", "expert_widths": "[6]", "tower": "[4]"},
        within=2e-5,
    ),
    # It has the layers alone; between them is a relu, behind them the output layer.
    "tensor_laf": Anchor(
        "tensor_laf",
        "DMTRL_Linear of yingrliu/TAAN-MTL@d004a5a, Layers/DMTRL_pytorch.py, MIT",
        {"widths": "[6, 5]", "rank": "3"},
    ),
    "tensor_tucker": Anchor(
        "tensor_tucker",
        "DMTRL_Linear of yingrliu/TAAN-MTL@d004a5a, Layers/DMTRL_pytorch.py, MIT",
        {"widths": "[6, 5]", "ranks": "[4, 3, 2]"},
    ),
    # Its gates and towers have biases, the gates' are 0. It also has a gate of the shared stream,
    # which reaches no task after the last level.
    "stem": Anchor(
        "stem",
        "STEM_Layer and MLP_Block of LiangcaiSu/STEM@769e2af (the authors'), Apache-2.0",
        {"own": "2", "common": "2", "expert_widths": "[6]", "tower": "[4]"},
    ),
    # It also gates what enters the first layer (by 2σ(0) = 1 here), halves the last layer's gate
    # (the output weights are doubled), and lets the gates of PPNet see the domain (weights of 0).
    # It stops the gradient at the domain's and the person's embeddings, which it shares.
    "pepnet": Anchor(
        "pepnet", "PEPNet of nextrec 0.6.14, Apache-2.0", {"inner": "4", "widths": "[6, 5]"}
    ),
    # Not the authors', who published none. `record_home.py` says what of it was replaced.
    "home": Anchor(
        "home",
        "HoME of ACyberSpace/HoME-Hierarchy-of-Multi-Gate-Experts-…@e78433e, without a licence",
        {"copies": "2", "width": "6", "rank": "3", "parts": "2", "tower": "[4]"},
    ),
}


@cache
def compiled(name: str) -> Compiled:
    anchor = ANCHORS[name]
    text = resources.specs().joinpath(f"{anchor.file}.mtl").read_text(encoding="utf-8")
    for schema in ("census", "kuairand"):
        text = text.replace(f'use "schemas/{schema}.mtl"', SCHEMA)
    text = text.replace('use "std/', 'use "mtl:std/')
    text = text.replace("{click, long_view}", "{click}")
    return mtlspec.compile(mtlspec.Text("anchor.mtl", text), set=anchor.params, sizes=SIZES)


def made(name: str) -> tuple[torch.nn.Module, dict[str, Array]]:
    """The module with the weights of `waves`, in float64, and these weights by logical name."""
    module = compiled(name).module(seed=0).double().eval()
    weights = waves({n: tuple(w.shape) for n, w in compiled(name).weights(module).items()})
    compiled(name).set_weights(module, tensors(weights))
    return module, weights


def test_every_anchor_is_recorded() -> None:
    assert RECORDED.keys() == ANCHORS.keys()


@pytest.mark.parametrize("name", ANCHORS)
def test_the_compiled_model_gives_what_the_code_of_others_gave(name: str) -> None:
    module, _ = made(name)
    found = arrays(module(tensors(BATCH)))
    for task in TASKS:
        expected = np.array(RECORDED[name][task])
        assert expected.std() > 0.01, "a constant would prove nothing"
        np.testing.assert_allclose(found[task][:, 0], expected, rtol=0, atol=ANCHORS[name].within)
