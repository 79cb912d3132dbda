"""The systems of short videos, PEPNet and HoME, compute what their papers say.

They need a domain, a person and groups of tasks, so they have a schema of their own here; beside
an oracle that was written from the paper: names and shapes of weights, predictions, gradients.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec import resources
from mtlspec.emit.compiled import Compiled
from tests.models import randomly
from tests.models.compiled import arrays, tensors
from tests.models.oracles import home, pepnet
from tests.models.oracles.features import Field, features
from tests.models.shipped import moved

FIELDS: tuple[Field, ...] = (
    ("user_id", "category"),
    ("video_id", "category"),
    ("age", "numeric"),
    ("author_id", "category"),
    ("tab", "category"),
)
SIZES = {"user_id": 7, "video_id": 6, "author_id": 5, "tab": 3}
DIMS = {"user_id": 4, "video_id": 3, "author_id": 3, "tab": 2}
TABLES = {f"{name}.weight": (SIZES[name], DIMS[name]) for name in SIZES}
SCHEMA = """
features {
    user_id            : category(dim: 4)
    video_id           : category(dim: 3)
    age                : numeric(piecewise(4))
    author_id          : category(dim: 3)
    tab                : category(dim: 2)
}
"""
WIDTH = 4 + 3 + 5 + 3 + 2
GROUPS = "{watch: {click, long_view}, interact: {like, follow}}"


@dataclass(frozen=True)
class System:
    """A shipped spec for some tasks: its oracle, what that is told, params that make it small."""

    file: str
    oracle: ModuleType
    tasks: tuple[str, ...]
    told: Mapping[str, object]
    params: Mapping[str, str]
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self) -> str:
        declared = f"tasks {{ {', '.join(self.tasks)} : binary }}"
        text = resources.specs().joinpath(f"{self.file}.mtl").read_text(encoding="utf-8")
        text = text.replace('use "schemas/kuairand.mtl"', SCHEMA + declared)
        text = text.replace('use "std/', 'use "mtl:std/')
        members = (f"{g}: {{{', '.join(tasks)}}}" for g, tasks in self.groups.items())
        return text.replace(GROUPS, f"{{{', '.join(members)}}}")

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return TABLES | self.oracle.shapes(WIDTH, self.tasks, **self.told)


def of_pepnet(*tasks: str) -> System:
    told = {"fields": FIELDS, "tables": TABLES, "inner": 5, "widths": (8, 6)}
    return System("pepnet", pepnet, tasks, told, {"inner": "5", "widths": "[8, 6]"})


def of_home(copies: int, **groups: Sequence[str]) -> System:
    tasks = tuple(task for members in groups.values() for task in members)
    sizes = {"copies": copies, "width": 8, "rank": 3, "parts": 2}
    told = {"groups": groups, "towers": (6,)} | sizes
    small = {name: str(size) for name, size in sizes.items()} | {"tower": "[6]"}
    return System("home", home, tasks, told, small, groups)


SYSTEMS = {
    "pepnet_of_1": of_pepnet("click"),
    "pepnet_of_2": of_pepnet("click", "like"),
    "pepnet_of_3": of_pepnet("click", "like", "follow"),
    "pepnet_of_5": of_pepnet("click", "long_view", "like", "follow", "share"),
    "home_of_2": of_home(2, watch=("click",), interact=("like",)),
    "home_of_4": of_home(2, watch=("click", "long_view"), interact=("like", "follow")),
    "home_of_5": of_home(3, watch=("click",), interact=("like", "follow"), sell=("cart", "buy")),
}
every_system = pytest.mark.parametrize("name", SYSTEMS)


def batch_of(rows: int) -> dict[str, np.ndarray]:
    ids = {name: randomly.ids(rows, size, seed=size) for name, size in SIZES.items()}
    return ids | {"age": randomly.numbers(rows, 5)}


@cache
def compiled(name: str) -> Compiled:
    system = SYSTEMS[name]
    text = mtlspec.Text(f"{system.file}.mtl", system.text())
    return mtlspec.compile(text, set=system.params, sizes=SIZES)


@every_system
def test_weights_have_the_names_and_shapes_of_the_paper(name: str):
    model = compiled(name)
    found = {key: tuple(w.shape) for key, w in model.weights(model.module(seed=0)).items()}
    assert found == SYSTEMS[name].shapes()


@every_system
def test_predictions_agree(name: str):
    system, model = SYSTEMS[name], compiled(name)
    module = model.module(seed=0).double().eval()
    batch = batch_of(40)
    weights = randomly.weights(system.shapes(), seed=3)
    reads_columns = "tables" in system.told
    x = batch if reads_columns else features(weights, batch, FIELDS)
    expected = system.oracle.logits(weights, x, system.tasks, **system.told)
    model.set_weights(module, tensors(weights))
    found = arrays(module(tensors(batch)))
    for task in system.tasks:
        assert expected[task].std() > 0.01, "a constant would prove nothing"
        np.testing.assert_allclose(found[task], expected[task], rtol=0, atol=1e-8)


def reached(name: str, rows: int, *tasks: str) -> set[str]:
    """The logical weights that these tasks' losses have a gradient for."""
    model = compiled(name)
    module = model.module(seed=0).double().train()
    labels = {task: np.resize([[1.0], [0.0]], (rows, 1)) for task in SYSTEMS[name].tasks}
    losses = module.loss(tensors(batch_of(rows)), tensors(labels))
    torch.stack([losses[task] for task in tasks]).sum().backward()
    return moved(model, module)


@every_system
def test_a_step_moves_every_weight_and_one_row_is_enough(name: str):
    tasks = SYSTEMS[name].tasks
    assert reached(name, 64, *tasks) == SYSTEMS[name].shapes().keys()
    assert reached(name, 1, *tasks)


def test_gates_of_pepnet_are_twice_a_sigmoid_so_that_zero_weights_pass_all():
    system, model = SYSTEMS["pepnet_of_2"], compiled("pepnet_of_2")
    weights = randomly.weights(system.shapes(), seed=1)
    for key in weights:
        if key.startswith("ep.1") or (key.startswith("pp@") and "].1." in key):
            weights[key] = np.zeros_like(weights[key])
    module = model.module(seed=0).double().eval()
    model.set_weights(module, tensors(weights))
    found = arrays(module(tensors(batch_of(40))))
    h = features(weights, batch_of(40), FIELDS)
    for level in (1, 2):
        layer = f"f@{level}[like].0"
        h = np.maximum(h @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"], 0)
    expected = h @ weights["head[like].out.weight"].T + weights["head[like].out.bias"]
    np.testing.assert_allclose(found["like"], expected, rtol=0, atol=1e-10)


def test_gates_of_pepnet_do_not_move_the_tables_that_the_tasks_read():
    """With the features cut off by first layers of 0, no gradient reaches their tables."""
    system, model = SYSTEMS["pepnet_of_2"], compiled("pepnet_of_2")
    weights = randomly.weights(system.shapes(), seed=1)
    for key in weights:
        if key.startswith("f@1[") and key.endswith(".weight"):
            weights[key] = np.zeros_like(weights[key])
        if key.startswith("f@1[") and key.endswith(".bias"):
            weights[key] = np.ones_like(weights[key])
    module = model.module(seed=0).double()
    model.set_weights(module, tensors(weights))
    labels = tensors({task: np.ones((40, 1)) for task in system.tasks})
    torch.stack(list(module.loss(tensors(batch_of(40)), labels).values())).sum().backward()
    found = moved(model, module)
    assert found.isdisjoint(TABLES)
    assert {f"who.0.{table}" for table in TABLES if not table.startswith("tab")} <= found


def test_a_task_of_home_reaches_its_group_and_what_is_shared_and_no_other_group():
    found = reached("home_of_4", 64, "like")
    assert not {key for key in found if "[watch" in key and not key.startswith(("gm", "vg"))}
    assert not {key for key in found if "[click" in key or "[follow" in key}
    # the shared meta gate spans all groups' meta experts
    every = SYSTEMS["home_of_4"].shapes()
    owners = ("vg[", "gm[", "sm[", "es[", "et[like", "eg[interact", "mg[interact", "own[interact")
    assert {key for key in every if key.startswith(owners)} <= found


@pytest.mark.parametrize("count", [1, 2])
def test_a_self_gate_of_one_expert_is_that_expert(count: int):
    system = of_home(count, watch=("click",), interact=("like",))
    text = mtlspec.Text("home.mtl", system.text())
    model = mtlspec.compile(text, set=system.params, sizes=SIZES)
    gates = {key for key in model.weights(model.module(seed=0)) if key.startswith(("s[", "own["))}
    assert len(gates) == (0 if count == 1 else 4)
