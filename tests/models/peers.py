"""Peers from the package index, run with our weights: torch-rechub's shared bottom, MMoE, PLE,
ESMM and AITM, and its MMoE with its cross network before the experts.

Where torch-rechub departs from the papers it is brought back to them: batch normalisation after
every layer, the gates' too, is made the identity, and the gates' biases are 0. It names tasks and
experts by place, counts a task's experts once for all, and gives all levels one width. The values,
keys and queries of its AITM have no bias: ours are to be 0. Its cross network adds b_l beside x_0 ⊙
W x_l and not within, so that b_l is to be 0, too. ESMM and AITM give probabilities.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn
from torch_rechub.basic.features import DenseFeature, SparseFeature
from torch_rechub.basic.layers import CrossNetV2
from torch_rechub.models.multi_task import AITM, ESMM, MMOE, PLE, SharedBottom

from tests.models.oracles.features import Field
from tests.words.oracles import Array, Weights, part

Batch = Mapping[str, np.ndarray]


class Peer:
    """A model of torch-rechub that reads our features, to be filled with our weights."""

    def __init__(self, weights: Weights, batch: Batch, fields: Sequence[Field]):
        self.weights = weights
        self.features = [_feature(name, kind, weights, batch) for name, kind in fields]

    def shared_bottom(
        self, tasks: Sequence[str], *, bottom: Sequence[int], towers: Sequence[int]
    ) -> nn.Module:
        model = SharedBottom(
            self.features,
            ["regression"] * len(tasks),
            {"dims": list(bottom)},
            [{"dims": list(towers)}] * len(tasks),
        )
        self._fill_layers(model.bottom_mlp, "bottom")
        return self._finish(model, tasks)

    def mmoe(
        self,
        tasks: Sequence[str],
        *,
        experts: int,
        widths: Sequence[int],
        towers: Sequence[int],
    ) -> nn.Module:
        model = MMOE(
            self.features,
            ["regression"] * len(tasks),
            experts,
            {"dims": list(widths)},
            [{"dims": list(towers)}] * len(tasks),
        )
        for i, expert in enumerate(model.experts, start=1):
            self._fill_layers(expert, f"e[{i}]")
        for task, gate in zip(tasks, model.gates, strict=True):
            self._fill_gate(gate, f"g[{task}]")
        return self._finish(model, tasks)

    def dcn_mmoe(
        self,
        tasks: Sequence[str],
        *,
        experts: int,
        layers: int,
        rank: int,
        widths: Sequence[int],
        towers: Sequence[int],
    ) -> nn.Module:
        """MMoE with cross layers before the experts, whose matrices are multiplied out."""
        deep: Weights = {}
        for name, value in self.weights.items():
            expert, _, rest = name.partition("].")
            place, _, kind = rest.partition(".")
            if not name.startswith("e["):
                deep |= {name: value}
            elif int(place) >= 2 * layers:
                deep |= {f"{expert}].{int(place) - 2 * layers}.{kind}": value}
        crossed, self.weights = self.weights, deep
        model = self.mmoe(tasks, experts=experts, widths=widths, towers=towers)
        for i in range(1, experts + 1):
            before = CrossNetV2(model.experts[i - 1].mlp[0].in_features, layers).double()
            for layer, matrix in enumerate(before.w):
                down, up = (crossed[f"e[{i}].{2 * layer + k}.weight"] for k in (0, 1))
                assert down.shape[0] == rank
                _fill(matrix.weight, up @ down)
                assert not crossed[f"e[{i}].{2 * layer + 1}.bias"].any()
            model.experts[i - 1] = nn.Sequential(before, model.experts[i - 1])
        return model

    def ple(
        self,
        tasks: Sequence[str],
        *,
        own: int,
        common: int,
        levels: Sequence[Sequence[int]],
        towers: Sequence[int],
    ) -> nn.Module:
        assert all(widths == levels[0] for widths in levels)
        model = PLE(
            self.features,
            ["regression"] * len(tasks),
            len(levels),
            own,
            common,
            {"dims": list(levels[0])},
            [{"dims": list(towers)}] * len(tasks),
        )
        for j, level in enumerate(model.cgc_layers, start=1):
            mine = iter(level.experts_specific)
            for task, gate in zip(tasks, level.gates_specific, strict=True):
                for i in range(1, own + 1):
                    self._fill_layers(next(mine), f"mine@{j}[{task}, {i}]")
                self._fill_gate(gate, f"h@{j}[{task}]")
            for i, expert in enumerate(level.experts_shared, start=1):
                self._fill_layers(expert, f"ours@{j}[{i}]")
            if j < len(levels):
                self._fill_gate(level.gate_shared, f"s@{j}")
        return self._finish(model, tasks)

    def aitm(self, tasks: Sequence[str], *, bottom: Sequence[int], width: int) -> nn.Module:
        dims = {"dims": [*bottom, width]}
        model = AITM(self.features, len(tasks), dims, [{"dims": []}] * len(tasks))
        for task, mlp in zip(tasks, model.bottoms, strict=True):
            self._fill_layers(mlp, f"q[{task}]")
        for task, gate, ait in zip(tasks[1:], model.info_gates, model.aits, strict=True):
            self._fill_layers(gate, f"p[{task}]")
            for name in ("value", "key", "query"):
                layer = getattr(ait, f"{name[0]}_layer")
                _fill(layer.weight, self.weights[f"{name}[{task}].0.weight"])
                assert not self.weights[f"{name}[{task}].0.bias"].any()
        return self._finish(model, tasks)

    def esmm(self, *, towers: Sequence[int]) -> nn.Module:
        """Its columns are the conversion rate, the click rate and their product."""
        dims = {"dims": list(towers)}
        model = ESMM(self.features[:1], self.features[1:], dims, dims)
        for rate, mlp in (("cvr", model.tower_cvr), ("ctr", model.tower_ctr)):
            *body, out = [module for module in mlp.modules() if isinstance(module, nn.Linear)]
            self._fill_layers(nn.Sequential(*body), f"body[{rate}]")
            self._fill_layers(nn.Sequential(out), f"head[{rate}]")
        model.towers = nn.ModuleList()
        return self._finish(model, ())

    def _finish(self, model: nn.Module, tasks: Sequence[str]) -> nn.Module:
        for name, table in model.embedding.embed_dict.items():
            _fill(table.weight, self.weights[f"{name}.weight"])
        for task, tower in zip(tasks, model.towers, strict=True):
            self._fill_layers(tower, f"head[{task}]")
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.eps = 0.0  # with its first statistics, 0 and 1, it is the identity
        return model.double().eval()

    def _fill_layers(self, mlp: nn.Module, name: str) -> None:
        ours = part(self.weights, name)
        linears = [module for module in mlp.modules() if isinstance(module, nn.Linear)]
        keys = [str(k) for k in range(len(linears))]
        if f"{name}.out.weight" in self.weights:
            keys[-1] = "out"
        assert set(ours) == {f"{key}.{kind}" for key in keys for kind in ("weight", "bias")}
        for key, linear in zip(keys, linears, strict=True):
            _fill(linear.weight, ours[f"{key}.weight"])
            _fill(linear.bias, ours[f"{key}.bias"])

    def _fill_gate(self, mlp: nn.Module, name: str) -> None:
        (linear,) = (module for module in mlp.modules() if isinstance(module, nn.Linear))
        _fill(linear.weight, self.weights[f"{name}.gate.weight"])
        _fill(linear.bias, np.zeros(linear.out_features))


def run(model: nn.Module, batch: Batch, tasks: Sequence[str]) -> dict[str, Array]:
    """What the model gives, logits or probabilities, [B, 1] per task."""
    with torch.no_grad():
        columns = model({name: torch.from_numpy(column) for name, column in batch.items()})
    return {task: columns[:, [place]].numpy() for place, task in enumerate(tasks)}


def _feature(name: str, kind: str, weights: Weights, batch: Batch) -> SparseFeature | DenseFeature:
    if kind == "category":
        rows, dim = weights[f"{name}.weight"].shape
        return SparseFeature(name, vocab_size=rows, embed_dim=dim)
    return DenseFeature(name, embed_dim=batch[name].shape[1])


def _fill(parameter: nn.Parameter, value: Array) -> None:
    with torch.no_grad():
        assert parameter.shape == value.shape, (parameter.shape, value.shape)
        # in float64 from here on; a copy into a float32 parameter would round
        parameter.data = torch.from_numpy(value.copy())
