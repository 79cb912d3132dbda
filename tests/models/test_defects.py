"""The defects that libraries of multi-task models have been seen with: each is a test.

Here those of the shipped systems' structure and beginning; of the others,

- shared experts counted as a task's own (one of its own, three common), unequal counts of experts:
  `test_agree_with_oracles.py`, cases `ple_few_of_its_own`, `ple_unequal` and `unequal`;
- a batch of one row broken by a squeeze: `test_agree_with_oracles.py` and `test_systems.py`;
- α of cross-stitch all ones at the start: `test_structure.py`;
- the factor of a regression on a classification's uncertainty, GradNorm's target without r_i:
  `tests/words/test_balance_agrees_with_oracles.py`;
- GradNorm's last shared layer a table, its weights moved by the model's optimiser and so drifting
  to the easy task: `tests/training/test_balance.py`;
- vocabularies and statistics of rows that are not for training, early stopping on test rows:
  `tests/data/test_fitting.py`, `tests/training/test_train.py` (a run knows of no test rows);
- columns made from a label among the features: `tests/corpus/invalid/MTL0602`;
- ONNX files that take ids instead of raw columns: `tests/export/test_export.py`.
"""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from mtlspec.emit.compiled import Compiled
from tests.models import cases
from tests.models.cases import TASKS, WIDTH
from tests.models.compiled import arrays, tensors
from tests.models.shipped import names, reached

Ship = Callable[..., Compiled]
TWO = TASKS[:2]
SHIPPED = (
    "single_task",
    "hard_sharing",
    "asymmetric",
    "customized",
    "omoe",
    "mmoe",
    "ml_mmoe",
    "cgc",
    "ple",
    "cross_stitch",
    "sluice",
    "learnable_alpha",
    "adatt",
    "aitm",
    "dselect_k",
    "dselect_k_example",
    "mtan",
    "snr_aver",
    "snr_trans",
    "sparse_moe",
    "stem",
    "tensor_laf",
    "tensor_tucker",
    "dcn_mmoe",
    "mean_constraint",
    "trace_norm",
    "joint_features",
)


def gates(compiled: Compiled) -> dict[str, tuple[int, ...]]:
    """The shape [candidates, width of the selector] of each gate, by its statement."""
    weights = compiled.weights(compiled.module(seed=0))
    end = ".gate.weight"
    return {n.removesuffix(end): tuple(w.shape) for n, w in weights.items() if n.endswith(end)}


# --- PLE -----------------------------------------------------------------------------------------


def test_the_shared_gate_of_ple_spans_all_experts(ship: Ship):
    """5, 5 and 8 candidates: not 5, 5 and 2, the common experts alone."""
    found = gates(ship("ple", TWO, own="3", common="2", widths="[[8], [6]]"))
    assert {gate: shape[0] for gate, shape in found.items() if "@1" in gate} == {
        "h@1[income]": 5,
        "h@1[marital]": 5,
        "s@1": 8,
    }


def test_ple_has_a_shared_stream_that_every_task_reads(ship: Ship):
    compiled = ship("ple", TWO, widths="[[8], [6]]")
    for task in TWO:
        shared = {n for n in names(compiled) if n.startswith(("ours@", "s@"))}
        assert shared <= reached(compiled, task)


def test_the_last_level_of_ple_has_no_gate_that_nobody_reads(ship: Ship):
    found = gates(ship("ple", TWO, widths="[[8], [6]]"))
    assert {gate for gate in found if "@2" in gate} == {"h@2[income]", "h@2[marital]"}


def test_gates_of_ple_are_steered_by_their_stream_and_not_by_the_features_everywhere(ship: Ship):
    found = gates(ship("ple", TWO, widths="[[8], [6]]"))
    for gate, (_, width) in found.items():
        assert width == (WIDTH if "@1" in gate else 8), gate


@pytest.mark.parametrize("name", ["omoe", "mmoe", "ml_mmoe", "cgc", "ple", "adatt", "stem"])
def test_a_gate_is_one_matrix_without_bias_norm_or_dropout(ship: Ship, name: str):
    compiled = ship(name)
    module = compiled.module(seed=0)
    owned = {n.partition(".")[2] for n in names(compiled) if n.split(".")[0] in gates(compiled)}
    assert owned == {"gate.weight"}
    others = (nn.BatchNorm1d, nn.LayerNorm, nn.Dropout)
    assert not [part for part in module.modules() if isinstance(part, others)]
    assert not list(module.buffers())
    assert "dropout" not in compiled.source


# --- beginnings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_no_system_begins_with_constant_outputs_or_with_members_alike(ship: Ship, name: str):
    compiled = ship(name)
    module = compiled.module(seed=0).double().eval()
    for task, logits in arrays(module(tensors(cases.batch_of(64)))).items():
        assert logits.std() > 1e-4, task
    layers = {
        n: w.ravel()
        for n, w in arrays(compiled.weights(compiled.module(seed=0))).items()
        if w.ndim == 2 and n.endswith(".0.weight")
    }
    for first, one in layers.items():
        twins = [n for n, w in layers.items() if n != first and np.array_equal(w, one)]
        assert twins == [], first


# --- selectors and noise -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dselect_k", "dselect_k_example"])
@pytest.mark.parametrize("experts", ["8", "5"])
def test_the_entropy_of_every_tasks_selectors_is_charged(ship: Ship, name: str, experts: str):
    compiled = ship(name, experts=experts, expert_widths="[8]")
    bits = {n for n in names(compiled) if ".bits" in n}
    assert len(bits) == len(TASKS)
    assert bits == {n for n in reached(compiled, "selective") if ".bits" in n}


@pytest.mark.parametrize("name", ["snr_aver", "snr_trans"])
def test_the_noise_of_edges_is_drawn_in_training_and_is_no_parameter(ship: Ship, name: str):
    compiled = ship(name, slots="3", width="8")
    mixing = {n: w for n, w in compiled.weights(compiled.module(seed=0)).items() if "mixing" in n}
    assert {tuple(w.shape) for w in mixing.values()} == {(3, 1)}, "one log α an edge"
    others = {n for n in names(compiled) if n.split(".")[0] in {m.split(".")[0] for m in mixing}}
    assert others == mixing.keys(), "a mix owns nothing beside"
    module = compiled.module(seed=0).double().train()
    batch = tensors(cases.batch_of(16))
    torch.manual_seed(0)
    first, again = module(batch), module(batch)
    assert any(not torch.equal(first[task], again[task]) for task in TASKS)
    module.eval()
    assert all(torch.equal(module(batch)[task], module(batch)[task]) for task in TASKS)
