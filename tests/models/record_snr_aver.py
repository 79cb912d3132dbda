"""Records what SNR gives as nextrec 0.6.14 has it, with the weights of `waves`.

    pip download nextrec==0.6.14 --no-deps && unzip nextrec-0.6.14-*.whl -d peer
    python -m tests.models.record_snr_aver peer

It prints the entry of `recorded.json`, which `test_recorded_anchors.py` holds `specs/snr_aver.mtl`
against. The package pins an older NumPy, so its file of SNR-Trans is loaded without the package,
and its `forward` and gates are run on layers made here. With the unit matrix on every edge it is
SNR-Aver. It has one α for all edges, divides it by β also where it serves, and learns the noise u
of each edge: with α = 1 and u = σ(log α_ij) it is the paper's deterministic gate.
"""

import importlib.util
import json
import sys
import types
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tests.models.compiled import tensors
from tests.models.test_recorded_anchors import ANCHORS, BATCH, TASKS, made

SLOTS, WIDTH = (int(ANCHORS["snr_aver"].params[name]) for name in ("slots", "width"))
SLOT = range(1, SLOTS + 1)
WANTED = {
    "nextrec.basic.features": ("DenseFeature", "SequenceFeature", "SparseFeature"),
    "nextrec.basic.layers": ("EmbeddingLayer", "MLP"),
    "nextrec.models.multitask.base": ("BaseMultitaskModel",),
    "nextrec.utils.types": ("TaskTypeInput", "TaskTypeName"),
}
"""What their file imports of its package, of which nothing is run."""


def main(package: Path) -> None:
    """Writes the logits of the code in that folder."""
    code = load(package / "nextrec" / "models" / "multitask" / "snr_trans.py")
    module, ours = made("snr_aver")
    weights = tensors(dict(ours))
    columns = module.get_submodule("columns")(tensors(BATCH))
    x = torch.cat(list(columns.values()), dim=-1)  # [B, d], as our module joins them
    theirs = types.SimpleNamespace(
        embedding=lambda **_: x,
        all_features=(),
        num_experts=SLOTS,
        nums_task=len(TASKS),
        expert_layers=[[layer(weights, f"{level}[{i}].0") for i in SLOT] for level in "uw"],
        gates=[
            gate(code, weights, [f"v[{i}]" for i in SLOT]),
            gate(code, weights, [f"x[{task}]" for task in TASKS]),
        ],
        towers=[
            nn.Sequential(layer(weights, f"head[{t}].0"), linear(weights, f"head[{t}].out"))
            for t in TASKS
        ],
    )
    with torch.no_grad():
        logits = code.SNRTrans.forward(theirs, {})
    found = {task: [round(v, 12) for v in logits[:, i].tolist()] for i, task in enumerate(TASKS)}
    sys.stdout.write(json.dumps({"snr_aver": found}) + "\n")


def load(path: Path) -> Any:
    for name, attributes in WANTED.items():
        stand_in = types.ModuleType(name)
        for attribute in attributes:
            setattr(stand_in, attribute, object)
        sys.modules[name] = stand_in
    spec = importlib.util.spec_from_file_location("snr_trans", path)
    assert spec is not None
    assert spec.loader is not None
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    return code


def gate(code: Any, weights: dict[str, Tensor], names: list[str]) -> nn.Module:
    """Their gate with our edges into these, each [inputs, 1]."""
    made = code.SNRTransGate(SLOTS, len(names), WIDTH).double()
    with torch.no_grad():
        made.alpha.fill_(1.0)
        made.u.copy_(torch.stack([weights[f"{n}.mixing"][:, 0] for n in names]).sigmoid())
        made.trans_matrix.copy_(torch.eye(WIDTH).expand_as(made.trans_matrix))
    return made


def linear(weights: dict[str, Tensor], name: str) -> nn.Linear:
    weight = weights[f"{name}.weight"]
    made = nn.Linear(weight.shape[1], weight.shape[0]).double()
    made.load_state_dict({"weight": weight, "bias": weights[f"{name}.bias"]})
    return made


def layer(weights: dict[str, Tensor], name: str) -> nn.Module:
    return nn.Sequential(linear(weights, name), nn.ReLU())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
