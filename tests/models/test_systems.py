"""The shipped systems beyond hard and expert sharing compute what their papers say.

Each file of `specs/`, over any schema and for one to five tasks, beside an oracle that was written
from the paper: names and shapes of all weights, predictions, loss terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from types import ModuleType

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import cases, randomly
from tests.models.cases import FIELDS, FIVE, SIZES, TABLES, WIDTH
from tests.models.compiled import arrays, tensors
from tests.models.oracles import (
    adatt,
    aitm,
    dcn_mmoe,
    dselect_k,
    learnable_alpha,
    mtan,
    penalised,
    snr,
    sparse_moe,
    stem,
    tensor,
)
from tests.models.oracles.features import features
from tests.words.oracles import Array, Weights, l21, mean_constraint, trace_norm


@dataclass(frozen=True)
class System:
    """A shipped spec: the params that make it small, its oracle and what that is told."""

    oracle: ModuleType
    told: Mapping[str, object]
    params: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    shares_tables: bool = True

    def shapes(self, tasks: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        tables = TABLES if self.shares_tables else {}
        return tables | self.oracle.shapes(WIDTH, tasks, **self.told)

    def read(self, weights: Weights, batch: Mapping[str, np.ndarray]) -> object:
        return features(weights, batch, FIELDS) if self.shares_tables else batch

    def terms(self, weights: Weights, x: object, tasks: tuple[str, ...]) -> dict[str, float]:
        terms = getattr(self.oracle, "terms", None)
        return terms(weights, x, tasks, **self.told) if terms else {}


SMALL = {"expert_widths": "[8]", "tower": "[6]"}
SELECTS = {"experts": 5, "k": 2, "gamma": 1.0, "widths": (8,), "towers": (6,), "charge": 1e-6}
ROUTES = {"slots": 3, "width": 8, "towers": (6,), "charge": 1e-4}
SLOTS = {"slots": "3", "width": "8", "tower": "[6]"}
LEVELS = (("f@1", 8), ("f@2", 6))


def each(term: str, penalty: penalised.Penalty) -> dict[str, tuple[str, penalised.Penalty]]:
    return {f"{term}@{level}": (f"f@{level}", penalty) for level in (1, 2)}


def held(term: str, penalty: penalised.Penalty, strength: float) -> dict[str, object]:
    return {"layers": LEVELS, "penalties": each(term, penalty), "strength": strength}


SYSTEMS = {
    "adatt": System(
        adatt,
        {"own": 2, "common": 1, "widths": (8, 6), "towers": (6,)},
        {"widths": "[8, 6]", "tower": "[6]"},
    ),
    "adatt_of_one": System(
        adatt,
        {"own": 1, "common": 2, "widths": (8,), "towers": (6,)},
        {"own": "1", "common": "2", "widths": "[8]", "tower": "[6]"},
        file="adatt",
    ),
    "aitm": System(aitm, {"bottom": (12,), "width": 8}, {"bottom": "[12]", "width": "8"}),
    "dselect_k": System(dselect_k, SELECTS | {"per_example": False}, {"experts": "5"} | SMALL),
    "dselect_k_example": System(
        dselect_k, SELECTS | {"per_example": True}, {"experts": "5"} | SMALL
    ),
    "mtan": System(mtan, {"widths": (8, 6), "towers": (6,)}, {"widths": "[8, 6]", "tower": "[6]"}),
    "snr_aver": System(snr, ROUTES | {"transforms": False}, SLOTS),
    "snr_trans": System(snr, ROUTES | {"transforms": True}, SLOTS),
    "stem": System(
        stem,
        {"fields": FIELDS, "tables": TABLES, "own": 2, "common": 2, "widths": (8,), "towers": (6,)},
        SMALL,
        shares_tables=False,
    ),
    "tensor_laf": System(
        tensor,
        {"form": "laf", "widths": (8, 6), "ranks": (4,)},
        {"widths": "[8, 6]"},
    ),
    "tensor_tucker": System(
        tensor,
        {"form": "tucker", "widths": (8, 6), "ranks": (5, 4, 2)},
        {"widths": "[8, 6]", "ranks": "[5, 4, 2]"},
    ),
    "sparse_moe": System(
        sparse_moe,
        {"experts": 4, "k": 2, "widths": (8,), "towers": (6,), "charge": 0.1},
        {"experts": "4"} | SMALL,
    ),
    "dcn_mmoe": System(
        dcn_mmoe,
        {"experts": 3, "layers": 2, "rank": 4, "widths": (8,), "towers": (6,)},
        {"experts": "3", "rank": "4"} | SMALL,
    ),
    "learnable_alpha": System(learnable_alpha, {"widths": (8, 6)}, {"widths": "[8, 6]"}),
    "mean_constraint": System(
        penalised, held("alike", mean_constraint.value, 0.01), {"widths": "[8, 6]"}
    ),
    "mean_constraint_unsquared": System(
        penalised,
        held("alike", partial(mean_constraint.value, squared=False), 0.01),
        {"widths": "[8, 6]", "squared": "no"},
        file="mean_constraint",
    ),
    "trace_norm": System(
        penalised,
        held("low_rank", trace_norm.value, 1e-4),
        {"widths": "[8, 6]", "method": "gradient"},
    ),
    "joint_features": System(
        penalised,
        {
            "layers": (("f", 8), ("h", 6)),
            "penalties": {"joint": ("f", l21.value)},
            "strength": 1e-4,
        },
        {"first": "8", "bottom": "[6]", "method": "gradient"},
    ),
}
EVERY = [(name, FIVE[:count]) for name in SYSTEMS for count in (1, 2, 3, 5)]
every_system = pytest.mark.parametrize(
    ("name", "tasks"), EVERY, ids=[f"{name}-{len(tasks)}" for name, tasks in EVERY]
)


@cache
def compiled(name: str, tasks: tuple[str, ...]) -> Compiled:
    system = SYSTEMS[name]
    use = f'use "mtl:{system.file or name}.mtl"'
    schema = f"{cases.SCHEMA}tasks {{ {', '.join(tasks)} : binary }}\n"
    text = mtlspec.Text("run.mtl", f"mtl 1\n{use}\n{schema}")
    return mtlspec.compile(text, set=system.params, sizes=SIZES)


@every_system
def test_weights_have_the_names_and_shapes_of_the_paper(name: str, tasks: tuple[str, ...]):
    model = compiled(name, tasks)
    found = {key: tuple(w.shape) for key, w in model.weights(model.module(seed=0)).items()}
    assert found == SYSTEMS[name].shapes(tasks)


def drawn(system: System, tasks: tuple[str, ...], batch: Mapping[str, np.ndarray]):
    """Random weights, what the oracle reads and says; no prediction is a constant, which would
    prove nothing.
    """
    for seed in range(20):
        weights = randomly.weights(system.shapes(tasks), seed=seed)
        x = system.read(weights, batch)
        expected: dict[str, Array] = system.oracle.logits(weights, x, tasks, **system.told)
        if all(logits.std() > 0.01 for logits in expected.values()):
            return weights, x, expected
    raise AssertionError("every draw is constant")


@every_system
def test_predictions_and_terms_agree(name: str, tasks: tuple[str, ...]):
    system, model = SYSTEMS[name], compiled(name, tasks)
    module = model.module(seed=0).double().eval()
    batch = cases.batch_of(40)
    weights, x, expected = drawn(system, tasks, batch)
    model.set_weights(module, tensors(weights))
    found = arrays(module(tensors(batch)))
    for task in tasks:
        np.testing.assert_allclose(found[task], expected[task], rtol=0, atol=1e-8)
    losses = module.loss(tensors(batch), tensors(cases.labels_of(40, tasks)))
    terms = {key: loss.item() for key, loss in losses.items() if key not in tasks}
    assert terms == pytest.approx(system.terms(weights, x, tasks), rel=1e-7, abs=1e-12)


@every_system
def test_a_step_moves_every_weight_and_one_row_is_enough(name: str, tasks: tuple[str, ...]):
    model = compiled(name, tasks)
    module = model.module(seed=0).double().train()
    torch.manual_seed(0)
    for rows in (1, 64):
        module.zero_grad()
        labels = {task: np.resize([[1.0], [0.0]], (rows, 1)) for task in tasks}
        losses = module.loss(tensors(cases.batch_of(rows)), tensors(labels))
        torch.stack(list(losses.values())).sum().backward()
        assert all(p.grad is None or bool(p.grad.isfinite().all()) for p in module.parameters())
    still = [n for n, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    assert still == []
