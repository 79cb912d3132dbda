"""Records what HoME as ACyberSpace built it gives, with the weights of `waves`.

    REPOSITORY=HoME-Hierarchy-of-Multi-Gate-Experts-for-Multi-Task-Learning-at-Kuaishou
    git clone https://github.com/ACyberSpace/$REPOSITORY home && git -C home checkout e78433e
    python -m tests.models.record_home home

It prints the entry of `recorded.json`, which `test_recorded_anchors.py` holds `specs/home.mtl`
against. The code is run as it is but for this: its gates are steered by what the feature gates
leave as it was, not by what these have scaled; its self gates by their owner's input, not by the
mean of the experts' outputs, and those of tasks span all of the task's experts, where it builds
them for one. Its feature gates lack the factor 2, so the experts behind them have their weights
doubled. The gates' biases are 0.
"""

import importlib
import json
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tests.models.compiled import tensors
from tests.models.test_recorded_anchors import ANCHORS, BATCH, GROUPS, TASKS, made
from tests.words.oracles import Weights

COPIES, WIDTH, RANK, PARTS = (
    int(ANCHORS["home"].params[name]) for name in ("copies", "width", "rank", "parts")
)
COPY = range(1, COPIES + 1)


def main(checkout: Path) -> None:
    """Writes the logits of the code in that folder."""
    module, weights = made("home")
    x = features(module)
    theirs = Theirs(load(checkout), weights, x.shape[1])
    z = theirs.run(x)
    logits = {task: [round(v, 12) for v in head(weights, task, z[task]).tolist()] for task in TASKS}
    sys.stdout.write(json.dumps({"home": logits}) + "\n")


def load(checkout: Path) -> Any:
    """`ranking/models/experts.py`, without what its package imports beside."""
    folder = checkout / "ranking" / "models"
    package = types.ModuleType("theirs")
    package.__path__ = [str(folder)]
    sys.modules["theirs"] = package
    return importlib.import_module("theirs.experts")


def features(module: nn.Module) -> Tensor:
    """All columns as our module joins them, [B, d]: no part of what is compared."""
    return torch.cat(list(module.get_submodule("columns")(tensors(BATCH)).values()), dim=-1)


def head(weights: Weights, task: str, z: Tensor) -> Tensor:
    """The tower of a task, [B, width] -> [B]."""
    w = tensors({key: value for key, value in weights.items() if key.startswith(f"head[{task}]")})
    for layer in ("0", "out"):
        z = z @ w[f"head[{task}].{layer}.weight"].T + w[f"head[{task}].{layer}.bias"]
        z = z.relu() if layer == "0" else z
    return z[:, 0]


class Theirs:
    """Their two levels, filled with our weights."""

    def __init__(self, code: Any, weights: Weights, d: int) -> None:
        self.w = tensors(dict(weights))
        gates = importlib.import_module("theirs.gates")
        groups = {group: list(members) for group, members in GROUPS.items()}
        self.gates = gates.MultiFeatureGate(d, RANK, PARTS, 1 + len(groups))
        self.meta = code.MetaExpertLayer(d, WIDTH, COPIES, COPIES, groups)
        self.task = code.TaskExpertLayer(
            WIDTH, COPIES, COPIES, COPIES, RANK, PARTS, groups, list(TASKS)
        )
        for name in ("shared", *groups):
            self.meta.self_gates[name] = gates.SelfGate(d, COPIES)
        for task in TASKS:
            self.task.self_gates[task] = gates.SelfGate(WIDTH, COPIES)
        for part in (self.gates, self.meta, self.task):
            part.double().eval()
        with torch.no_grad():
            self._fill_meta()
            self._fill_task()

    def run(self, x: Tensor) -> Mapping[str, Tensor]:
        """Features [B, d] -> [B, width] by task."""
        scaled = dict(zip(("shared", *GROUPS), self.gates(x), strict=True))
        for gate in (self.meta.shared_gates, *self.meta.meta_gates.values()):
            steer(gate, lambda: x)
        for gate in self.meta.self_gates.values():
            steer(gate, lambda: x)
        with torch.no_grad():
            z = self.meta(scaled)
            for group, members in GROUPS.items():
                for task in members:
                    both = torch.cat([z[group], z["shared"]], dim=-1)
                    steer(self.task.task_gates[task], lambda both=both: both)
                    steer(self.task.self_gates[task], lambda own=z[group]: own)
            return self.task(z, GROUPS)

    def _fill_meta(self) -> None:
        for gate, name in zip(self.gates.gates, ("vs", *(f"vg[{g}]" for g in GROUPS)), strict=True):
            self._feature_gate(gate, name)
        self._experts(self.meta.shared_experts, "sm[{}]")
        self._gate(self.meta.self_gates["shared"].gate, "common")
        # ours: the groups' experts, then the shared ones; theirs the other way round
        self._gate(self.meta.shared_gates, "ms", first=len(GROUPS) * COPIES)
        for group in GROUPS:
            self._experts(self.meta.category_experts[group], f"gm[{group}, {{}}]")
            self._gate(self.meta.meta_gates[group], f"mg[{group}]", first=COPIES)
            self._gate(self.meta.self_gates[group].gate, f"own[{group}]")

    def _fill_task(self) -> None:
        self._feature_gate(self.task.shared_feature_gates.gates[0], "xs")
        self._experts(self.task.shared_experts, "es[{}]")
        for group in GROUPS:
            self._feature_gate(self.task.local_feature_gates[group].gates[0], f"xg[{group}]")
            self._experts(self.task.in_category_experts[group], f"eg[{group}, {{}}]")
        for task in TASKS:
            self._feature_gate(self.task.task_feature_gates[task].gates[0], f"xt[{task}]")
            self._experts(self.task.task_specific_experts[task], f"et[{task}, {{}}]")
            own, ours, common = self.w[f"g[{task}].gate.weight"].split(COPIES)
            fill(self.task.task_gates[task][0], torch.cat([common, ours, own]))
            self._gate(self.task.self_gates[task].gate, f"s[{task}]")

    def _feature_gate(self, gate: Any, name: str) -> None:
        for place, low in enumerate(gate.lora_layers, start=1):
            for layer in (0, 1):
                low[layer].weight.copy_(self.w[f"{name}.low[{place}].{layer}.weight"])
        self._gate(gate.gate, f"{name}.scale")

    def _experts(self, experts: Sequence[Any], name: str) -> None:
        for copy, expert in zip(COPY, experts, strict=True):
            own = name.format(copy)
            fill(expert.linear, 2 * self.w[f"{own}.0.weight"], self.w[f"{own}.0.bias"])
            expert.bn.eps = 1e-5
            fill(expert.bn, self.w[f"{own}.1.weight"], self.w[f"{own}.1.bias"])

    def _gate(self, gate: Any, name: str, first: int = 0) -> None:
        """The rows of our gate's weight, but for the first so many, which come last."""
        fill(gate[0], self.w[f"{name}.gate.weight"].roll(-first, dims=0))


def fill(layer: Any, weight: Tensor, bias: Tensor | None = None) -> None:
    layer.weight.copy_(weight)
    layer.bias.zero_() if bias is None else layer.bias.copy_(bias)


def steer(gate: nn.Module, by: Callable[[], Tensor]) -> None:
    """Whatever a gate is given first is replaced."""
    gate.register_forward_pre_hook(lambda _, given: (by(), *given[1:]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
